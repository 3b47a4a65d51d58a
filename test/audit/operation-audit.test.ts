import { createOperationAudit, type AuditEntry } from '../../src/audit/operation-audit';
import { memoryAudit } from '../support/audit';
import { keyRing } from '../support/key-ring';

describe('the audit of an operation', () => {
  const entered = (entry: Partial<AuditEntry> = {}, keys = keyRing('k1')) => {
    const { audit, outcomes } = memoryAudit();
    createOperationAudit({
      audit,
      now: () => 42,
      keys,
      isBrand: (brandId) => brandId === '1004',
    })('key:shop').record({
      kind: 'MUTATION',
      brandId: '1004',
      operation: 'updateUserCard',
      target: ['card', 'code'],
      fields: ['level'],
      outcome: 'OK',
      ...entry,
    });
    const [event] = outcomes;
    if (event === undefined) throw new Error('nothing entered');
    return event;
  };

  it('adds caller and time, and replaces the target by a hash', () => {
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

  it('has one hash per object and key', () => {
    expect(entered({ operation: 'other' }).targetHash).toBe(entered().targetHash);
    const others = [
      entered({ target: ['card', 'other'] }),
      entered({ target: ['cardcode'] }),
      entered({}, keyRing('k2')),
    ];
    expect(new Set([entered(), ...others].map(({ targetHash }) => targetHash)).size).toBe(4);
  });

  it('gives an intent the same caller, time and target as its outcome', async () => {
    const { audit, events } = memoryAudit();
    const operationAudit = createOperationAudit({
      audit,
      now: () => 42,
      keys: keyRing('k1'),
      isBrand: () => true,
    })('key:shop');
    const action = {
      brandId: '1004',
      operation: 'updateUserCard',
      target: ['card', 'code'],
      fields: ['level'],
    };
    await operationAudit.recordIntent(action, 'i1');
    operationAudit.record({ ...action, kind: 'MUTATION', id: 'i1', outcome: 'OK', requestIds: ['08-1'] });
    const [intent, outcome] = events;
    expect(outcome).toEqual({ ...intent, kind: 'MUTATION', outcome: 'OK', requestIds: ['08-1'] });
  });

  it('records nothing that a client invented', () => {
    expect(entered({ brandId: '13812345678' }).brandId).toBe('');
    expect(entered({ operation: `call13812345678${'x'.repeat(1_000)}` }).operation).toMatch(/^call#x{1,64}$/);
  });
});
