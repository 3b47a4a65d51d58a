import { members } from '../../src/config/reader';

const problemsOf = (value: unknown, names: readonly string[]): readonly string[] => {
  const problems: string[] = [];
  members({ path: 'subscriptions', value, problems }, names);
  return problems;
};

describe('a setting that was renamed', () => {
  it('is refused with its new name', () => {
    expect(problemsOf({ mostStreams: '5' }, ['keptEvents', 'maxStreams'])).toEqual([
      'subscriptions: "mostStreams" is now called "maxStreams"',
    ]);
  });

  it('is unknown in a section that never had it', () => {
    const [problem] = problemsOf({ mostStreams: '5' }, ['url']);
    expect(problem).toContain('it takes url');
    expect(problem).not.toContain('is now called');
  });
});
