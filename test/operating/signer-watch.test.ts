import { createSignerWatch } from '../../src/operating/signer-watch';
import { fakeClock } from '../support/fake-clock';

describe('a signer', () => {
  it('is a finding while more than one in ten of its requests fail, until they have not for a minute', async () => {
    const clock = fakeClock();
    const { asked, findings } = createSignerWatch(clock);
    const of = (outcome: 'done' | 'declined' | 'unavailable', result: string) => ({
      key: 'brand 1004',
      outcome,
      result,
    });
    for (let n = 0; n < 9; n += 1) asked(of(n % 2 === 0 ? 'done' : 'declined', 'HTTP_200'));
    asked(of('unavailable', 'TIMEOUT'));
    expect(findings()).toEqual([]);
    asked(of('unavailable', 'TIMEOUT'));
    asked({ key: 'partner 1900000001', outcome: 'done', result: 'HTTP_200' });
    expect(findings()).toEqual([
      {
        code: 'signer.failing',
        level: 'warning',
        detail: 'the signer of brand 1004 did 9 of 11 requests in the last 60 s (TIMEOUT 2)',
      },
    ]);
    await clock.advance(65_000);
    expect(findings()).toEqual([]);
  });
});
