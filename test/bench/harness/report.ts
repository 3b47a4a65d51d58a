import { summarize } from '../measure/quantile';
import type { Scenario } from '../scenarios/scenario';
import type { Contender } from './contenders';
import type { Row } from './perform';

type Column = readonly [title: string, of: (row: Row) => number, digits: number];

const columns: readonly Column[] = [
  ['useful %', ({ useful }) => useful * 100, 1],
  ['objects served %', ({ servedObjects }) => servedObjects * 100, 1],
  ['wrong', ({ wrong }) => wrong, 0],
  ['stale', ({ stale }) => stale, 0],
  ['calls per 1 000', ({ callsPer1000 }) => callsPer1000, 0],
  ['429s', ({ rateLimited }) => rateLimited, 0],
  ['most calls in 1 s', ({ peakPerSecond }) => peakPerSecond, 0],
  ['p50 ms', ({ p50Ms }) => p50Ms, 0],
  ['p95 ms', ({ p95Ms }) => p95Ms, 0],
  ['p99 ms', ({ p99Ms }) => p99Ms, 0],
  ['CPU s', ({ cpuSeconds }) => cpuSeconds, 2],
  ['peak MiB', ({ peakMemoryMiB }) => peakMemoryMiB, 0],
];

/** One table for each scenario: the median of the runs, and the spread where they differ. */
export const report = (
  rows: readonly Row[],
  { scenarios, contenders }: { scenarios: readonly Scenario[]; contenders: readonly Contender[] },
): string =>
  scenarios
    .filter(({ id }) => rows.some((row) => row.scenario === id))
    .map(({ id, title, instances, states }) => {
      const shown = [...columns, ...groupColumns(rows.filter(({ scenario }) => scenario === id))];
      const lines = instances.flatMap((count) =>
        states.flatMap((state) =>
          contenders.flatMap((contender) => {
            const own = rows.filter(
              (row) =>
                row.scenario === id &&
                row.instances === count &&
                row.state === state &&
                row.contender === contender.id,
            );
            if (own.length === 0) return [];
            const cells = shown.map(([, of, digits]) => cell(own.map(of), digits));
            return [`| ${[contender.id, count, state, ...cells].join(' | ')} |`];
          }),
        ),
      );
      return [
        `### ${title}`,
        '',
        ...tableHead(['contender', 'instances', 'state', ...shown.map(([name]) => name)]),
        ...lines,
      ].join('\n');
    })
    .join('\n\n');

/** Where a scenario has groups of operations, what each of them got. */
const groupColumns = (rows: readonly Row[]): readonly Column[] => {
  const groups = [...new Set(rows.flatMap(({ usefulByGroup }) => Object.keys(usefulByGroup)))];
  if (groups.length < 2) return [];
  return groups.map((group) => [
    `useful %: ${group}`,
    ({ usefulByGroup }) => (usefulByGroup[group] ?? NaN) * 100,
    1,
  ]);
};

export const tableHead = (titles: readonly string[]): readonly string[] => [
  `| ${titles.join(' | ')} |`,
  `| ${titles.map((_, index) => (index === 0 ? '---' : '--:')).join(' | ')} |`,
];

/** `median (least–most)`; the spread is left out where all runs agree. */
export const cell = (values: readonly number[], digits: number): string => {
  const { median, least, most } = summarize(values);
  const [middle, from, to] = [median, least, most].map((value) => value.toFixed(digits));
  return from === to ? (middle ?? '') : `${middle ?? ''} (${from ?? ''}–${to ?? ''})`;
};
