import type { AuditEvent } from '../src/audit/event';
import { createOperationAudit } from '../src/audit/operation-audit';
import { createConfirmOpening } from '../src/confirm-openings';
import { createMemoryLog } from '../src/events/memory-log';
import { openingRetryMs } from '../src/events/log';
import { createConfirmer, type ConfirmEvent } from '../src/notifications/confirm';
import { AppError } from '../src/shared/errors';
import type { Scope } from '../src/traffic/call';
import { fakeClock } from './support/fake-clock';
import { keyRing } from './support/key-ring';

const refused = (code: 'NOT_FOUND' | 'UPSTREAM_REJECTED') =>
  new AppError(code, 'no', {
    sent: true,
    upstream: { status: 400, verified: true, wechatCode: 'X', requestId: '08-9' },
  });

/** From an opening in the log to the audit, with WeChat Pay's answers in their order. */
const setUp = (...answers: readonly (AppError | TypeError | undefined)[]) => {
  const clock = fakeClock();
  const log = createMemoryLog({ clock, keep: 10 });
  const keys = keyRing('k1');
  const entries: AuditEvent[] = [];
  const events: ConfirmEvent[] = [];
  const scopes: Scope[] = [];
  const disk = { full: false };
  const auditOf = createOperationAudit({
    audit(event) {
      if (disk.full) throw new Error('ENOSPC');
      entries.push(event);
    },
    now: clock.now,
    keys,
    isBrand: (brandId) => brandId === '1004',
  });
  const confirmer = createConfirmer({
    log,
    rules: [{ brandId: '1004', level: '白银会员', allocateCodes: true }],
    confirm: createConfirmOpening({
      members: {
        confirmUserCard(_, scope) {
          const answer = answers[scopes.length];
          scopes.push(scope);
          scope.tally?.answered(`08-${String(scopes.length)}`);
          return answer === undefined ? (Promise.resolve({}) as never) : Promise.reject(answer);
        },
      },
      auditOf,
      clock,
      confirms: (brandId) => brandId === '1004',
      patienceMs: 8_000,
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
      { mark: { notificationId: '1', nonce: '1' }, opening: true },
    );
    await clock.advance(0);
  };
  return { clock, auditOf, entries, events, scopes, disk, open };
};

describe('the audit of an automatic confirmation', () => {
  it('is told who, of whom, what and by which request, and nothing that names the member', async () => {
    const { open, entries, scopes, auditOf } = setUp();
    await open('1234567890');
    auditOf('key:desk')({
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
    expect(entry?.caller).toBe('confirm');
    expect(JSON.stringify(entry)).not.toMatch(/oCanary|1234567890|白银/);
  });

  it.each([
    ['was answered before', refused('NOT_FOUND'), 'NOT_FOUND', 'settled'],
    ['is refused', refused('UPSTREAM_REJECTED'), 'UPSTREAM_REJECTED', 'refused'],
    ['fails by our own fault', new TypeError('x'), 'INTERNAL_SERVER_ERROR', 'later'],
  ])('is told of one that %s', async (_, error, outcome, became) => {
    const { open, entries, events } = setUp(error);
    await open();
    expect(entries).toMatchObject([{ outcome, requestIds: ['08-1'] }]);
    expect(events.map((event) => event.outcome)).toEqual([became]);
  });

  it('is told of every attempt where one has to be repeated', async () => {
    const { open, entries, clock } = setUp(new AppError('OUTCOME_UNKNOWN', 'x', { sent: true }));
    await open();
    await clock.advance(2 * openingRetryMs);
    expect(entries.map(({ outcome, requestIds }) => [outcome, requestIds])).toEqual([
      ['OUTCOME_UNKNOWN', ['08-1']],
      ['OK', ['08-2']],
    ]);
  });

  it('that cannot be written makes the outcome unknown: the opening is taken up again, until it can', async () => {
    const { open, entries, events, clock, disk } = setUp(undefined, refused('NOT_FOUND'));
    disk.full = true;
    await open();
    expect([entries, events]).toEqual([[], [{ brandId: '1004', outcome: 'later', code: 'OUTCOME_UNKNOWN' }]]);
    disk.full = false;
    await clock.advance(10 * openingRetryMs);
    expect(entries.map(({ outcome }) => outcome)).toEqual(['NOT_FOUND']);
    expect(events.map(({ outcome }) => outcome)).toEqual(['later', 'settled']);
  });
});
