import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FindingKind } from '../../src/operating/finding-kind';
import { findingKinds } from '../../src/operating/finding-kinds';
import { tableRows } from '../support/table-rows';

const root = join(__dirname, '..', '..');
const kinds: readonly (readonly [code: string, kind: FindingKind])[] = Object.entries(findingKinds);

describe('the catalogue of findings', () => {
  it.each([
    ['README.md', '### Findings of readiness', 0],
    ['README.zh-CN.md', '### 就绪检查的发现项', 1],
  ] as const)('is the table in %s', (file, heading, language) => {
    const expected = kinds.map(
      ([code, { levels, meaning, action }]) =>
        `| \`${code}\` | ${levels.join(', ')} | ${meaning[language]} | ${action[language]} |`,
    );
    expect(tableRows(file, heading).toSorted()).toEqual(expected.toSorted());
  });

  it('has no kind without a use: each is reported somewhere', () => {
    const sources = ['app', 'operating'].flatMap((folder) =>
      readdirSync(join(root, 'src', folder))
        .filter((name) => !name.endsWith('finding-kinds.ts'))
        .map((name) => readFileSync(join(root, 'src', folder, name), 'utf8')),
    );
    const unused = kinds.filter(([code]) => !sources.some((text) => text.includes(`'${code}'`)));
    expect(unused.map(([code]) => code)).toEqual([]);
  });
});
