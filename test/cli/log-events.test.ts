import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEvent } from '../../src/cli/log-event';
import { logEvents } from '../../src/cli/log-events';
import { tableRows } from '../support/table-rows';

const root = join(__dirname, '..', '..');
const events: readonly (readonly [name: string, event: LogEvent])[] = Object.entries(logEvents);
const numbers = { error: '50', warn: '40', info: '30' } as const;

describe('the catalogue of log events', () => {
  it.each([
    ['README.md', '### Log events', 0],
    ['README.zh-CN.md', '### 日志事件', 1],
  ] as const)('is the table in %s', (file, heading, language) => {
    const expected = events.map(
      ([name, { level, countedBy, meaning, action }]) =>
        `| \`${name}\`${countedBy === undefined ? '' : ' \\*'} | ${numbers[level]} | ${meaning[language]} | ${action[language]} |`,
    );
    expect(tableRows(file, heading).toSorted()).toEqual(expected.toSorted());
  });

  it('is the only place that decides a level: no other file of the command line calls the logger by one', () => {
    const folder = join(root, 'src', 'cli');
    const calling = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /\blog(ger)?\.(fatal|error|warn|info|debug)\(/.test(readFileSync(join(folder, name), 'utf8')),
      );
    expect(calling).toEqual([]);
  });

  it('has no line without a use: each event is written somewhere', () => {
    const text = readFileSync(join(root, 'src', 'cli', 'log.ts'), 'utf8');
    expect(events.map(([name]) => name).filter((name) => !text.includes(`'${name}'`))).toEqual([]);
  });
});
