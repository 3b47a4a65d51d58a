import { preferredWaitSeconds } from '../../../src/server/http/prefer';

describe('the wait preference', () => {
  it.each([
    ['wait=15', 15],
    ['WAIT=15', 15],
    ['wait="15"', 15],
    [' wait = 15 ; x=1', 15],
    ['respond-async, wait=15', 15],
    ['return=minimal; foo="a, wait=3", wait=15', 15],
    ['foo="\\", wait=3", wait=15', 15],
    ['wait=15, wait=3', 15],
    ['wait=0', 0],
    ['wait=007', 7],
    ['wait=99999999999999999999', 1e20],
  ])('%s is %d s', (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds);
  });

  it.each([
    [undefined],
    [''],
    ['wait'],
    ['wait='],
    ['wait=""'],
    ['wait=-1'],
    ['wait=1.5'],
    ['wait=1s'],
    ['wait="15'],
    ['wait=１５'],
    ['xwait=15'],
    ['wait-for=15'],
    ['foo="wait=15"'],
    // The first one counts, also if it cannot be read.
    ['wait=soon, wait=15'],
    [',,;='],
  ])('%s is none', (header) => {
    expect(preferredWaitSeconds(header)).toBeUndefined();
  });

  it('is read in a time that grows with the header only', () => {
    const long = 16_000;
    for (const header of [
      '"'.repeat(long),
      '\\"'.repeat(long),
      'wait='.repeat(long),
      `wait=${' '.repeat(long)}x`,
    ])
      expect(preferredWaitSeconds(header)).toBeUndefined();
  });
});
