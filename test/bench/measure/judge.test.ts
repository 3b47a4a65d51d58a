import { judge } from './judge';

const expect1 = { userCardCode: '47', level: 'gold' };
const expect2 = { userCardCode: '48', level: 'silver' };
const right1 = { ...expect1, attach: 'x' };
const right2 = { ...expect2 };
const verdict = (
  data: unknown,
  { latencyMs = 10, errors }: { latencyMs?: number; errors?: unknown[] } = {},
) =>
  judge(
    {
      group: 'g',
      expect: Array.isArray((data as { cards?: unknown }).cards) ? [expect1, expect2] : [expect1],
    },
    { status: 200, body: { data, ...(errors === undefined ? {} : { errors }) }, latencyMs },
    3_000,
  ).verdict;

describe('judge', () => {
  it('counts a response as useful if it is right, complete and in time', () => {
    expect(verdict({ cards: right1 })).toBe('useful');
    expect(verdict({ cards: [right1, right2] })).toBe('useful');
    expect(verdict({ cards: { userCard: right1 } })).toBe('useful');
  });

  it('refuses a response after the deadline', () => {
    expect(verdict({ cards: right1 }, { latencyMs: 3_000 })).toBe('useful');
    expect(verdict({ cards: right1 }, { latencyMs: 3_000.1 })).toBe('late');
  });

  it('counts an error as no response, and data with an error as incomplete', () => {
    const errors = [{ message: 'no', extensions: { code: 'UPSTREAM_RATE_LIMITED' } }];
    expect(verdict({ cards: null }, { errors })).toBe('failed');
    expect(verdict({ cards: right1 }, { errors })).toBe('partial');
    expect(verdict({ cards: [right1, null] }, { errors })).toBe('partial');
  });

  it('counts null without an error as no response', () => {
    expect(verdict({ cards: null })).toBe('failed');
    expect(verdict({ cards: [right1, null] })).toBe('partial');
  });

  it('distinguishes an older state from another object', () => {
    expect(verdict({ cards: { ...right1, level: 'basic' } })).toBe('stale');
    expect(verdict({ cards: right2 })).toBe('wrong');
    expect(verdict({ cards: [right2, right1] })).toBe('wrong');
  });

  it('counts objects', () => {
    const outcome = judge(
      { group: 'g', expect: [expect1, expect2] },
      { status: 200, body: { data: { cards: [null, right2] }, errors: [{}] }, latencyMs: 1 },
      3_000,
    );
    expect(outcome).toMatchObject({ served: 1, asked: 2 });
  });

  it('records the code of a failure, or else its status', () => {
    const of = (status: number, body: unknown) =>
      judge({ group: 'g', expect: [expect1] }, { status, body, latencyMs: 1 }, 3_000);
    expect(of(200, { errors: [{ extensions: { code: 'X' } }] })).toMatchObject({
      verdict: 'failed',
      code: 'X',
    });
    expect(of(503, 'text')).toMatchObject({ verdict: 'failed', code: '503' });
    expect(of(0, undefined)).toMatchObject({ verdict: 'failed', code: '0' });
  });
});
