import { cell, tableHead } from './report';
import { connections, type ThroughputRow } from './throughput';

/** Operations a second, and what part of the bare server's and of A's they are. */
export const throughputReport = (rows: readonly ThroughputRow[], ids: readonly string[]): string =>
  [...new Set(rows.map(({ shape }) => shape))]
    .map((shape) => {
      const head = [
        'contender',
        'operations/s',
        '÷ bare',
        '÷ A',
        'p50 ms',
        'p99 ms',
        'errors',
        'CPU s per 1 000',
        'peak MiB',
      ];
      const lines = ids.flatMap((id) =>
        line(
          id,
          rows.filter((row) => row.shape === shape),
        ),
      );
      const title = `### Hot cache: ${shape}, ${connections} connections, as fast as answers come`;
      return [title, '', ...tableHead(head), ...lines].join('\n');
    })
    .join('\n\n');

const line = (id: string, rows: readonly ThroughputRow[]): readonly string[] => {
  const own = rows.filter(({ contender }) => contender === id);
  if (own.length === 0) return [];
  // Figures of the same run are neighbours in time: a machine whose speed changes changes both.
  const against = (other: string): string => {
    const shares = own.flatMap((row) => {
      const one = rows.find(({ contender, run }) => contender === other && run === row.run);
      return one === undefined ? [] : [row.perSecond / one.perSecond];
    });
    return shares.length === 0 ? '' : cell(shares, 2);
  };
  const of = (value: (row: ThroughputRow) => number, digits: number): string => cell(own.map(value), digits);
  const cells = [
    id,
    of(({ perSecond }) => perSecond, 0),
    against('bare'),
    against('A'),
    of(({ p50Ms }) => p50Ms, 1),
    of(({ p99Ms }) => p99Ms, 1),
    of(({ errors }) => errors, 0),
    of(({ cpuSecondsPer1000 }) => cpuSecondsPer1000, 2),
    of(({ peakMemoryMiB }) => peakMemoryMiB, 0),
  ];
  return [`| ${cells.join(' | ')} |`];
};
