import { checkPickup } from '../../src/sandbox/validity';

describe('领取后 30 个自然天内有效', () => {
  const days = { type: 'FIX_TERM', available_day_after_receive: 30 } as const;
  const pickedUp = '2026-10-22T23:59:59+08:00';

  it.each(['2026-10-23T00:00:00+08:00', '2026-11-21T23:59:59+08:00', '2026-11-21T15:59:59Z'])(
    'still holds at %s',
    (now) => {
      expect(() => checkPickup(pickedUp, days, Date.parse(now))).not.toThrow();
    },
  );

  it.each(['2026-11-22T00:00:00+08:00', '2026-11-21T16:00:00Z'])('is over at %s', (now) => {
    expect(() => checkPickup(pickedUp, days, Date.parse(now))).toThrow('无法导入已过期的会员卡');
  });
});
