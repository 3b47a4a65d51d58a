import type { AuditEvent } from '../../src/audit/event';
import { createOperationAudit, type Entry } from '../../src/audit/operation-audit';
import { keyRing } from '../support/key-ring';

describe("an operation's audit", () => {
  const entered = (entry: Partial<Entry> = {}, keys = keyRing('k1')): AuditEvent => {
    const events: AuditEvent[] = [];
    createOperationAudit({
      audit: (event) => events.push(event),
      now: () => 42,
      keys,
      isBrand: (brandId) => brandId === '1004',
    })('key:shop')({
      kind: 'MUTATION',
      brandId: '1004',
      operation: 'updateUserCard',
      target: ['card', 'code'],
      fields: ['level'],
      outcome: 'OK',
      ...entry,
    });
    const [event] = events;
    if (event === undefined) throw new Error('nothing entered');
    return event;
  };

  it('adds who and when, and leaves a hash of the target', () => {
    expect(entered()).toEqual({
      at: 42,
      kind: 'MUTATION',
      caller: 'key:shop',
      brandId: '1004',
      operation: 'updateUserCard',
      targetHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      targetKey: 'k1',
      fields: ['level'],
      outcome: 'OK',
      requestIds: [],
    });
  });

  it('has one hash for one object, and others for others and under other keys', () => {
    expect(entered({ operation: 'other' }).targetHash).toBe(entered().targetHash);
    const others = [
      entered({ target: ['card', 'other'] }),
      entered({ target: ['cardcode'] }),
      entered({}, keyRing('k2')),
    ];
    expect(new Set([entered(), ...others].map(({ targetHash }) => targetHash)).size).toBe(4);
  });

  it('enters nothing that a client made up', () => {
    expect(entered({ brandId: '13812345678' }).brandId).toBe('');
    expect(entered({ operation: `call13812345678${'x'.repeat(1_000)}` }).operation).toMatch(/^call#x{1,64}$/);
  });
});
