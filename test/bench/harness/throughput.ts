import type { Operation } from '../measure/operation';
import { listCards, readPlainCard } from '../scenarios/operations';
import { nth } from '../scenarios/scenario';
import { startChild, type ChildOptions } from './child';
import type { ClosedLoad, ClosedResult } from './closed-load';
import type { Contender } from './contenders';
import { ask, sendLoad } from './generator';
import type { Member } from './members';
import { cell, tableHead } from './report';
import { writeSetup } from './setup';
import { startStandIn, type StandIn } from './stand-in';

export interface ThroughputRow extends ClosedResult {
  readonly contender: string;
  readonly shape: string;
  readonly run: number;
  /** Of the contender's process, per 1 000 operations, s. */
  readonly cpuSecondsPer1000: number;
  readonly peakMemoryMiB: number;
}

const connections = 20;
const warmUpMs = 2_000;
const measureMs = 4_000;

export const shapesOf = (members: ReadonlyMap<string, readonly Member[]>) => {
  const own = members.get('1001622624') ?? [];
  return [
    { shape: 'one card, 14 fields', operation: readPlainCard(nth(own, 0)) },
    { shape: '25 cards × 8 fields', operation: listCards(own.slice(0, 25)) },
  ];
};

type Shape = ReturnType<typeof shapesOf>[number];

/** Answers from memory, as fast as they come. */
export const measureThroughput = async (
  contenders: readonly Contender[],
  { runs, members }: { readonly runs: number; readonly members: ReadonlyMap<string, readonly Member[]> },
): Promise<readonly ThroughputRow[]> => {
  const standIn = await startStandIn();
  const rows: ThroughputRow[] = [];
  try {
    for (let run = 1; run <= runs; run += 1)
      for (const contender of contenders) {
        await standIn.reset();
        const setup = writeSetup(standIn.url, standIn.provision);
        for (const result of await measureOne(contender.program(setup), standIn, shapesOf(members)))
          rows.push({ contender: contender.id, run, ...result });
        process.stderr.write(`run ${run}: throughput, ${contender.id}\n`);
      }
  } finally {
    await standIn.stop();
  }
  return rows;
};

/** One process, every shape in turn, each after the cards that it needs were read. */
export const measureOne = async (program: ChildOptions, standIn: StandIn, shapes: readonly Shape[]) => {
  const child = await startChild(program);
  const results: Omit<ThroughputRow, 'contender' | 'run'>[] = [];
  try {
    for (const { shape, operation } of shapes) {
      await fill(child.url, operation, standIn);
      const before = await child.usage();
      const load: ClosedLoad = {
        url: child.url,
        body: JSON.stringify({ query: operation.query, variables: operation.variables }),
        connections,
        warmUpMs,
        measureMs,
        mustHold: `"userCardCode":"${nth(operation.expect, 0).userCardCode}"`,
      };
      const result = await ask<ClosedResult>('closed-load.js', load);
      const after = await child.usage();
      if ((await standIn.takeLedger()).length > 0)
        throw new Error(`${shape}: not everything came from memory`);
      const operations = (result.perSecond * (warmUpMs + measureMs)) / 1000;
      results.push({
        shape,
        ...result,
        cpuSecondsPer1000: ((after.cpuSeconds - before.cpuSeconds) / operations) * 1000,
        peakMemoryMiB: after.peakMemoryMiB,
      });
    }
  } finally {
    await child.stop();
  }
  return results;
};

const mostTries = 40;

/** Asks until the whole answer comes from memory. */
const fill = async (
  url: string,
  operation: Omit<Operation, 'at' | 'instance'>,
  standIn: StandIn,
): Promise<void> => {
  for (let left = mostTries; left > 0; left -= 1) {
    const [outcome] = await sendLoad({
      urls: [url],
      operations: [{ ...operation, at: 0, instance: 0 }],
      deadlineMs: 5_000,
    });
    const asked = await standIn.takeLedger();
    // The static contender has no upstream and levels of its own.
    if (asked.length === 0 && (outcome?.verdict === 'useful' || outcome?.verdict === 'stale')) return;
  }
  throw new Error(`${url} does not answer "${operation.group}" from memory`);
};

/** Requests a second, and what part of the bare server's they are. */
export const throughputReport = (
  rows: readonly ThroughputRow[],
  contenders: readonly Contender[],
): string => {
  const shapes = [...new Set(rows.map(({ shape }) => shape))];
  return shapes
    .map((shape) => {
      const of = (id: string): readonly ThroughputRow[] =>
        rows.filter((row) => row.contender === id && row.shape === shape);
      const lines = contenders.flatMap(({ id }) => {
        const own = of(id);
        if (own.length === 0) return [];
        // Neighbouring measurements, so that a machine whose speed changes changes both.
        const against = (other: string): string => {
          const shares = own.flatMap((row) => {
            const one = of(other).find(({ run }) => run === row.run);
            return one === undefined ? [] : [row.perSecond / one.perSecond];
          });
          return shares.length === 0 ? '' : cell(shares, 2);
        };
        const cells = [
          cell(
            own.map(({ perSecond }) => perSecond),
            0,
          ),
          against('bare'),
          against('A'),
          cell(
            own.map(({ p50Ms }) => p50Ms),
            1,
          ),
          cell(
            own.map(({ p99Ms }) => p99Ms),
            1,
          ),
          cell(
            own.map(({ errors }) => errors),
            0,
          ),
          cell(
            own.map(({ cpuSecondsPer1000 }) => cpuSecondsPer1000),
            2,
          ),
          cell(
            own.map(({ peakMemoryMiB }) => peakMemoryMiB),
            0,
          ),
        ];
        return [`| ${[id, ...cells].join(' | ')} |`];
      });
      const head = tableHead([
        'contender',
        'operations/s',
        '÷ bare',
        '÷ A',
        'p50 ms',
        'p99 ms',
        'errors',
        'CPU s per 1 000',
        'peak MiB',
      ]);
      return [`### Hot cache: ${shape}, ${connections} connections`, '', ...head, ...lines].join('\n');
    })
    .join('\n\n');
};
