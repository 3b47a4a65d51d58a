import { createMemoryLog } from '../../src/events/memory-log';
import type { EventLog } from '../../src/events/log';
import { openingRetryMs } from '../../src/events/openings';
import { createConfirmer, type ConfirmEvent, type ConfirmRule } from '../../src/notifications/confirm';
import { AppError } from '../../src/shared/errors';
import { fakeClock } from '../support/fake-clock';
import { keyRing } from '../support/key-ring';

const rejection = (code: 'NOT_FOUND' | 'UPSTREAM_REJECTED', verified = true) =>
  new AppError(code, 'no', {
    sent: true,
    upstream: { status: code === 'NOT_FOUND' ? 404 : 400, verified, wechatCode: 'X' },
  });

const setUp = (rule: Partial<ConfirmRule> = {}, wrap: (log: EventLog) => EventLog = (log) => log) => {
  const clock = fakeClock();
  const log = createMemoryLog({ clock, keep: 1_000 });
  const asked: Readonly<Record<string, unknown>>[] = [];
  const events: ConfirmEvent[] = [];
  const answers: (() => Promise<unknown>)[] = [];
  let number = 0;
  const make = (keys = keyRing('k1')) =>
    createConfirmer({
      log: wrap(log),
      rules: [{ brandId: 'b', allocateCodes: false, ...rule }],
      confirm(args) {
        asked.push(args);
        return answers.shift()?.() ?? Promise.resolve();
      },
      clock,
      codeKeys: keys.derive('card codes'),
      observe: (event) => events.push(event),
    });
  const open = async (userCardCode?: string, brandId = 'b'): Promise<void> => {
    number += 1;
    await log.append(
      {
        eventType: 'USER_CARD_CREATE',
        brandId,
        cardId: 'c',
        openid: `o${String(number)}`,
        createTime: 't',
        ...(userCardCode === undefined ? {} : { userCardCode }),
      },
      { mark: { notificationId: String(number), nonce: String(number) }, opening: 'QUEUED' },
    );
    await clock.advance(0);
  };
  return { clock, log, asked, events, answers, make, open };
};

describe('automatic confirmation', () => {
  it('accepts at the initial level as soon as a card is opened', async () => {
    const { make, open, asked, events, clock } = setUp({ level: '白银会员' });
    make().start();
    await open('123');
    expect(asked).toEqual([
      {
        brand_id: 'b',
        card_id: 'c',
        openid: 'o1',
        user_card_code: '123',
        user_card_confirm_state: 'CREATE_CARD_SUCCESS',
        level: '白银会员',
      },
    ]);
    await clock.advance(10 * openingRetryMs);
    expect(asked).toHaveLength(1);
    expect(events).toEqual([{ brandId: 'b', outcome: 'confirmed' }]);
  });

  it('confirms openings that waited while no process ran', async () => {
    const { make, open, asked, clock } = setUp();
    for (const code of ['1', '2', '3']) await open(code);
    make().start();
    await clock.advance(0);
    expect(asked.map(({ user_card_code }) => user_card_code)).toEqual(['1', '2', '3']);
  });

  it('sets aside what a person has to confirm, and takes it up again when the rule generates codes', async () => {
    const { make, open, asked, answers, log, clock } = setUp();
    const listed = async (of: 'SET_ASIDE' | 'QUEUED') =>
      (await log.openings.list('b', { of, after: '0-0', count: 10 })).map(({ state, event }) => [
        state,
        event?.openid,
      ]);
    const confirmer = make();
    confirmer.start();
    await open();
    answers.push(() => Promise.reject(rejection('UPSTREAM_REJECTED')));
    await open('2');
    expect(await listed('QUEUED')).toEqual([]);
    expect(await listed('SET_ASIDE')).toEqual([
      ['NEEDS_CODE', 'o1'],
      ['REFUSED', 'o2'],
    ]);
    confirmer.replace([]);
    confirmer.replace([{ brandId: 'b', allocateCodes: true }]);
    await clock.advance(0);
    expect(asked.map(({ openid }) => openid)).toEqual(['o2', 'o1']);
    expect(await listed('SET_ASIDE')).toEqual([['REFUSED', 'o2']]);
  });

  it('goes by changed rules: another level, a new brand, a brand no longer', async () => {
    const { make, open, asked, clock } = setUp({ level: 'old' });
    const confirmer = make();
    confirmer.start();
    await open('1');
    await open('2', 'new');
    confirmer.replace([
      { brandId: 'b', level: 'changed', allocateCodes: false },
      { brandId: 'new', allocateCodes: false },
    ]);
    await open('3');
    expect(asked.map(({ user_card_code, level }) => [user_card_code, level])).toEqual([
      ['1', 'old'],
      ['2', undefined],
      ['3', 'changed'],
    ]);
    expect([confirmer.confirms('b'), confirmer.confirms('new')]).toEqual([true, true]);
    confirmer.replace([{ brandId: 'new', allocateCodes: false }]);
    await open('4');
    await clock.advance(10 * openingRetryMs);
    expect(asked).toHaveLength(3);
    expect([confirmer.confirms('b'), confirmer.confirms('new')]).toEqual([false, true]);
    // What came meanwhile still waits.
    confirmer.replace([{ brandId: 'b', allocateCodes: false }]);
    await clock.advance(0);
    expect(asked.map(({ user_card_code }) => user_card_code)).toEqual(['1', '2', '3', '4']);
  });

  it('starts nothing by rules that come before its start or after its stop', async () => {
    const { make, open, asked, clock } = setUp();
    const confirmer = make();
    await open('1', 'c');
    confirmer.replace([{ brandId: 'c', allocateCodes: false }]);
    await clock.advance(0);
    expect(asked).toHaveLength(0);
    confirmer.start();
    await clock.advance(0);
    expect(asked).toHaveLength(1);
    await confirmer.stop();
    confirmer.replace([{ brandId: 'b', allocateCodes: false }]);
    await open('2');
    await clock.advance(10 * openingRetryMs);
    expect(asked).toHaveLength(1);
  });

  it('takes no more openings once it is stopped', async () => {
    const { make, open, asked, answers, clock } = setUp();
    for (let code = 0; code < 35; code += 1) await open(String(code));
    let end = (): void => undefined;
    answers.push(() => new Promise<void>((resolve) => (end = resolve)));
    const confirmer = make();
    confirmer.start();
    await clock.advance(0);
    const stopped = confirmer.stop();
    end();
    await stopped;
    expect(asked).toHaveLength(10);
  });

  it('confirms all of many openings', async () => {
    const { make, open, asked, clock } = setUp();
    for (let code = 0; code < 35; code += 1) await open(String(code));
    make().start();
    await clock.advance(100);
    expect(asked).toHaveLength(35);
  });

  it.each([
    ['is unknown', new AppError('OUTCOME_UNKNOWN', 'x', { sent: true })],
    ['was never sent', new AppError('UPSTREAM_UNAVAILABLE', 'x')],
    ['is over the limit', new AppError('UPSTREAM_RATE_LIMITED', 'x', { retryAfterMs: 1 })],
    ['is an unsigned "not found"', rejection('NOT_FOUND', false)],
    ['is no answer at all', new TypeError('x')],
  ])('tries again where the outcome %s, until it is known', async (_, error) => {
    const { make, open, asked, answers, events, clock } = setUp();
    answers.push(
      () => Promise.reject(error),
      () => Promise.reject(error),
    );
    make().start();
    await open('1');
    await clock.advance(3 * openingRetryMs);
    expect(asked).toHaveLength(3);
    expect(events.map(({ outcome }) => outcome)).toEqual(['later', 'later', 'confirmed']);
    await clock.advance(10 * openingRetryMs);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['NOT_FOUND', 'settled'],
    ['UPSTREAM_REJECTED', 'refused'],
  ] as const)('ends with a signed %s', async (code, outcome) => {
    const { make, open, asked, answers, events, clock } = setUp();
    answers.push(() => Promise.reject(rejection(code)));
    make().start();
    await open('1');
    await clock.advance(10 * openingRetryMs);
    expect(asked).toHaveLength(1);
    expect(events.map((event) => event.outcome)).toEqual([outcome]);
  });

  it('leaves an opening without a code to the merchant, unless it may generate codes', async () => {
    const { make, open, asked, events } = setUp({ allocateCodes: false });
    make().start();
    await open();
    expect([asked, events]).toEqual([[], [{ brandId: 'b', outcome: 'waits' }]]);
  });

  it('generates one unguessable code per opening', async () => {
    const codes = async (key: string): Promise<unknown[]> => {
      const { make, open, asked } = setUp({ allocateCodes: true });
      make(keyRing(key)).start();
      await open();
      await open();
      return asked.map(({ user_card_code }) => user_card_code);
    };
    const [first, again, otherKey] = [await codes('k1'), await codes('k1'), await codes('k2')];
    expect(first).toEqual(again);
    expect(new Set([...first, ...otherKey]).size).toBe(4);
    for (const code of first) expect(code).toMatch(/^\d{18}$/);
  });

  it('confirms openings of configured brands only', async () => {
    const { make, open, asked } = setUp();
    make().start();
    await open('1', 'another');
    expect(asked).toEqual([]);
  });

  it('finishes openings under way before it stops, and starts no others', async () => {
    const { make, open, asked, answers, clock } = setUp();
    let finish = (): void => undefined;
    answers.push(
      () =>
        new Promise((resolve) => {
          finish = () => {
            resolve(undefined);
          };
        }),
    );
    const confirmer = make();
    confirmer.start();
    await open('1');
    let stopped = false;
    const stopping = confirmer.stop().then(() => (stopped = true));
    await clock.advance(0);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await open('2');
    await clock.advance(10 * openingRetryMs);
    expect(asked).toHaveLength(1);
  });

  it('continues after an outage of the store', async () => {
    let away = true;
    const { make, open, asked, clock } = setUp({}, (log) => ({
      ...log,
      openings: {
        ...log.openings,
        take: (...args) => (away ? Promise.reject(new Error('away')) : log.openings.take(...args)),
      },
    }));
    make().start();
    await open('1');
    expect(asked).toHaveLength(0);
    away = false;
    await clock.advance(5_000);
    expect(asked).toHaveLength(1);
  });
});
