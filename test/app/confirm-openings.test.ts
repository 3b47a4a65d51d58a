import { createOperationAudit } from '../../src/audit/operation-audit';
import { createConfirmOpening } from '../../src/app/confirm-openings';
import { createMemoryLog } from '../../src/events/memory-log';
import { openingRetryMs } from '../../src/events/openings';
import { createConfirmer, type ConfirmEvent } from '../../src/notifications/confirm';
import { AppError } from '../../src/shared/errors';
import type { Scope } from '../../src/traffic/calls/call';
import { memoryAudit } from '../support/audit';
import { fakeClock } from '../support/fake-clock';
import { keyRing } from '../support/key-ring';

const refused = (code: 'NOT_FOUND' | 'UPSTREAM_REJECTED') =>
  new AppError(code, 'no', {
    sent: true,
    upstream: { status: 400, verified: true, wechatCode: 'X', requestId: '08-9' },
  });

/** From an opening in the event log to the audit log, with WeChat Pay's responses in order. */
const setUp = (...answers: readonly (AppError | TypeError | undefined)[]) => {
  const clock = fakeClock();
  const log = createMemoryLog({ clock, keep: 10 });
  const keys = keyRing('k1');
  const { audit, disk, events: records, outcomes: entries } = memoryAudit();
  const events: ConfirmEvent[] = [];
  const scopes: Scope[] = [];
  const auditOf = createOperationAudit({
    audit,
    now: clock.now,
    keys,
    isBrand: (brandId) => brandId === '1004',
  });
  const confirmer = createConfirmer({
    log,
    rules: [{ brandId: '1004', level: '白银会员', allocateCodes: true }],
    confirm: createConfirmOpening({
      members: {
        async confirmUserCard(_, scope) {
          await scope.recordIntent?.();
          const answer = answers[scopes.length];
          scopes.push(scope);
          scope.stats?.answered(`08-${String(scopes.length)}`);
          if (answer !== undefined) throw answer;
          return {} as never;
        },
      },
      auditOf,
      clock,
      confirms: (brandId) => brandId === '1004',
      timeoutMs: 8_000,
    }),
    clock,
    codeKeys: keys.derive('card codes'),
    observe: (event) => events.push(event),
  });
  const open = async (userCardCode?: string): Promise<void> => {
    confirmer.start();
    await log.append(
      {
        eventType: 'USER_CARD_CREATE',
        brandId: '1004',
        cardId: 'c',
        openid: 'oCanary',
        createTime: 't',
        ...(userCardCode === undefined ? {} : { userCardCode }),
      },
      { mark: { notificationId: '1', nonce: '1' }, opening: 'QUEUED' },
    );
    await clock.advance(0);
  };
  return { clock, auditOf, records, entries, events, scopes, disk, open };
};

describe('the audit of an automatic confirmation', () => {
  it('has caller, card, action and Request-ID, and nothing that identifies the member', async () => {
    const { open, records, entries, scopes, auditOf } = setUp();
    await open('1234567890');
    auditOf('key:desk').record({
      kind: 'MUTATION',
      brandId: '1004',
      operation: 'confirmUserCard',
      target: ['c', '1234567890'],
      fields: [],
      outcome: 'OK',
    });
    const [entry, mutation] = entries;
    expect(entry).toEqual({
      at: 1_700_000_000_000,
      kind: 'MUTATION',
      id: expect.any(String) as string,
      caller: scopes[0]?.caller,
      brandId: '1004',
      operation: 'confirmUserCard',
      // That of the mutation of the same card.
      targetHash: mutation?.targetHash,
      targetKey: 'k1',
      fields: ['level', 'userCardConfirmState'],
      outcome: 'OK',
      requestIds: ['08-1'],
    });
    const { outcome: _, requestIds: __, ...intent } = entry ?? {};
    expect(records[0]).toEqual({ ...intent, kind: 'INTENT' });
    expect(entry?.caller).toBe('confirm');
    expect(JSON.stringify(entry)).not.toMatch(/oCanary|1234567890|白银/);
  });

  it.each([
    ['was answered before', refused('NOT_FOUND'), 'NOT_FOUND', 'settled'],
    ['is refused', refused('UPSTREAM_REJECTED'), 'UPSTREAM_REJECTED', 'refused'],
    ['fails by our own fault', new TypeError('x'), 'INTERNAL_SERVER_ERROR', 'later'],
  ])('records a confirmation that %s', async (_, error, outcome, became) => {
    const { open, entries, events } = setUp(error);
    await open();
    expect(entries).toMatchObject([{ outcome, requestIds: ['08-1'] }]);
    expect(events.map((event) => event.outcome)).toEqual([became]);
  });

  it('records every attempt if one has to be repeated', async () => {
    const { open, entries, clock } = setUp(new AppError('OUTCOME_UNKNOWN', 'x', { sent: true }));
    await open();
    await clock.advance(2 * openingRetryMs);
    expect(entries.map(({ outcome, requestIds }) => [outcome, requestIds])).toEqual([
      ['OUTCOME_UNKNOWN', ['08-1']],
      ['OK', ['08-2']],
    ]);
  });

  it('does not send the confirmation if its intent cannot be written, and tries again until it can', async () => {
    const { open, entries, events, scopes, clock, disk } = setUp();
    disk.full = true;
    await open();
    expect([scopes, entries, events]).toEqual([
      [],
      [],
      [{ brandId: '1004', outcome: 'later', code: 'AUDIT_UNAVAILABLE' }],
    ]);
    disk.full = false;
    await clock.advance(10 * openingRetryMs);
    expect(entries.map(({ outcome }) => outcome)).toEqual(['OK']);
    expect(events.map(({ outcome }) => outcome)).toEqual(['later', 'confirmed']);
  });

  it('does not send the confirmation twice if its outcome cannot be written', async () => {
    const { open, records, events, scopes, clock, disk } = setUp();
    disk.full = false;
    const { push } = scopes;
    scopes.push = (...added) => {
      disk.full = true;
      return push.apply(scopes, added);
    };
    await open();
    disk.full = false;
    await clock.advance(10 * openingRetryMs);
    expect(events.map(({ outcome }) => outcome)).toEqual(['confirmed']);
    expect([scopes.length, records.map(({ kind }) => kind)]).toEqual([1, ['INTENT']]);
  });
});
