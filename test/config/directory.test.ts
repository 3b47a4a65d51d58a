import { readBulk } from '../../src/config/bulk';
import { readDirectory } from '../../src/config/directory';

const brandIds = ['1004', '1002'];
const read = (value: unknown, hasDatabase = true) => {
  const problems: string[] = [];
  const { directory } = readDirectory({ path: 'directory', value, problems }, { brandIds, hasDatabase });
  return { directory, problems };
};

describe("the members' directory", () => {
  it('is off unless it is configured, for all brands or some', () => {
    expect(read(undefined)).toEqual({ directory: undefined, problems: [] });
    expect(read({ brands: 'all' })).toEqual({ directory: { brandIds, retainDays: 365 }, problems: [] });
    expect(read({ brands: ['1002'], retainDays: '30' })).toEqual({
      directory: { brandIds: ['1002'], retainDays: 30 },
      problems: [],
    });
  });

  it.each<[unknown, RegExp]>([
    [{}, /directory\.brands: must be all, or a list/],
    [{ brands: 'some' }, /directory\.brands: must be all, or a list/],
    [{ brands: [] }, /directory\.brands: must list at least one brand_id/],
    [
      { brands: ['1003'] },
      /directory\.brands\[0\]: is not a brand of the brands section, which has 1004, 1002/,
    ],
    [{ brands: ['1004', '1004'] }, /directory\.brands\[1\]: /],
    [{ brands: 'all', retainDays: '0' }, /directory\.retainDays: must be a whole number from 1 to 3650/],
    ['all', /directory: must be a mapping/],
  ])('%j is a problem', (value, expected) => {
    expect(read(value).problems.join('\n')).toMatch(expected);
  });

  it('needs a database', () => {
    expect(read({ brands: 'all' }, false).problems).toEqual([
      'directory: needs a database; add the section database',
    ]);
  });
});

it.each<[unknown, boolean, RegExp | undefined]>([
  [undefined, false, undefined],
  [{ retainFilesDays: '2', retainResultsDays: '30', retainPausedDays: '5' }, true, undefined],
  [{ retainResultsDays: '7' }, false, /^bulk: needs the section database/],
  [{ retainResultsDays: '0' }, true, /^bulk\.retainResultsDays: must be a whole number from 1 to 365/],
  [{ retainPausedDays: '0' }, true, /^bulk\.retainPausedDays: must be a whole number from 1 to 365/],
  [{ retainFilesDays: '366' }, true, /^bulk\.retainFilesDays: must be a whole number from 1 to 365/],
])('files and results of bulk operations %j with a database: %j', (value, hasDatabase, expected) => {
  const problems: string[] = [];
  const read = readBulk({ path: 'bulk', value, problems }, { hasDatabase });
  expect(problems).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
  if (expected === undefined)
    expect(read).toEqual(
      value === undefined
        ? { retainFilesDays: 1, retainResultsDays: 7, retainPausedDays: 30 }
        : { retainFilesDays: 2, retainResultsDays: 30, retainPausedDays: 5 },
    );
});
