import type { LoggedEvent } from '../../src/events/event';
import { follow } from '../../src/events/follow';
import type { EventLog } from '../../src/events/log';
import { createMemoryLog } from '../../src/events/memory-log';
import { fakeClock } from '../support/fake-clock';

const setUp = (keep = 100_000) => {
  const clock = fakeClock();
  const log = createMemoryLog({ clock, keep });
  let number = 0;
  const add = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      number += 1;
      await log.append(
        {
          eventType: 'SYNC_USER_POINT',
          brandId: 'b',
          cardId: 'c',
          openid: `o${String(number)}`,
          createTime: '',
        },
        { mark: { notificationId: String(number), nonce: String(number) }, opening: false },
      );
    }
  };
  const control = new AbortController();
  const start = (after?: string, own: EventLog = log) =>
    follow({ log: own, clock }, { brandId: 'b', after, signal: control.signal });
  return { clock, log, add, control, start };
};

const take = async (events: AsyncGenerator<LoggedEvent, void>, count: number): Promise<string[]> => {
  const openids: string[] = [];
  while (openids.length < count) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('ended');
    openids.push(String(value.openid));
  }
  return openids;
};
const names = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `o${String(from + index)}`);

describe('a follower', () => {
  it('starts now, at the oldest event, or after an event', async () => {
    const { add, start, log } = setUp();
    await add(3);
    const [now, all] = [await start(), await start('0')];
    const [, second] = await log.read('b', '0-0', 10);
    const behind = await start(second?.eventId);
    await add(1);
    expect(await take(now, 1)).toEqual(['o4']);
    expect(await take(all, 4)).toEqual(names(1, 4));
    expect(await take(behind, 2)).toEqual(names(3, 4));
  });

  it('misses no event that is stored while it reads, over many batches', async () => {
    const { add, start } = setUp();
    await add(250);
    const events = await start('0');
    const [seen] = await Promise.all([take(events, 1_000), add(750)]);
    expect(seen).toEqual(names(1, 1_000));
  });

  it('waits for wake-ups, and polls if one is lost', async () => {
    const { add, start, clock, log } = setUp();
    const unsubscribe: EventLog = { ...log, subscribe: () => () => undefined };
    await add(1);
    const events = await start(undefined, unsubscribe);
    const next = take(events, 1);
    await add(1);
    await clock.advance(4_999);
    const early = await Promise.race([next, Promise.resolve('nothing yet')]);
    await clock.advance(1);
    expect([early, await next]).toEqual(['nothing yet', ['o2']]);
  });

  it('ends when its reader leaves, also while it waits', async () => {
    const { start, control } = setUp();
    const events = await start();
    const next = events.next();
    control.abort();
    expect(await next).toEqual({ value: undefined, done: true });
  });

  it('removes its listener', async () => {
    const { add, start, log, control } = setUp();
    let listening = 0;
    const counted: EventLog = {
      ...log,
      subscribe: (brandId, wake) => {
        listening += 1;
        const end = log.subscribe(brandId, wake);
        let open = true;
        return () => {
          if (open) listening -= 1;
          open = false;
          end();
        };
      },
    };
    const events = await start('0', counted);
    await add(300);
    await take(events, 300);
    const next = events.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(listening).toBe(1);
    control.abort();
    await next;
    expect(listening).toBe(0);
  });

  it.each(['x', '1', '-1-0', '1-2-3', '0-0 ', ''])('refuses the position "%s"', async (after) => {
    await expect(setUp().start(after)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('rejects if events after its position are no longer stored', async () => {
    const { add, start, log } = setUp(100);
    await add(1);
    const [first] = await log.read('b', '0-0', 1);
    await add(500);
    await expect(start(first?.eventId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('rejects if its position is from another log, e.g. of a former process', async () => {
    const { add, start } = setUp();
    await expect(start('1-0')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await add(1);
    await expect(start('99999999999999-0')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('rejects if it lags so far that events were dropped', async () => {
    const { add, start } = setUp(1_000);
    await add(200);
    const events = await start('0');
    await take(events, 100);
    await add(3_000);
    await expect(take(events, 101)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('tolerates a short outage of the store, at the start and later', async () => {
    const { add, start, log, clock } = setUp();
    let away = true;
    const flaky: EventLog = {
      ...log,
      bounds: (brandId) => (away ? Promise.reject(new Error('away')) : log.bounds(brandId)),
      read: (...args) => (away ? Promise.reject(new Error('away')) : log.read(...args)),
    };
    const starting = start(undefined, flaky);
    await clock.advance(1_000);
    away = false;
    const events = await clock.until(starting);
    away = true;
    const next = take(events, 1);
    await add(1);
    away = false;
    await clock.advance(5_000);
    expect(await next).toEqual(['o1']);
  });

  it('gives up if the store stays unavailable', async () => {
    const { start, log, clock } = setUp();
    const gone: EventLog = { ...log, bounds: () => Promise.reject(new Error('away')) };
    const starting = start(undefined, gone);
    starting.catch(() => undefined);
    await expect(clock.until(starting)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
