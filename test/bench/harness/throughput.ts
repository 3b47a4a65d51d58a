import type { Operation, Outcome } from '../measure/operation';
import { listCards, readPlainCard } from '../scenarios/operations';
import { nth } from '../scenarios/scenario';
import { startChild, type ChildOptions } from './child';
import type { ClosedLoad, ClosedResult } from './closed-load';
import type { Contender } from './contenders';
import { startGenerator } from './generator';
import type { Load } from './load';
import type { Member } from './members';
import type { Bench } from './perform';
import { writeSetup } from './setup';

export interface ThroughputRow extends ClosedResult {
  readonly contender: string;
  readonly shape: string;
  readonly run: number;
  /** Of the contender's process, per 1 000 operations, s. */
  readonly cpuSecondsPer1000: number;
  readonly peakMemoryMiB: number;
}

export interface Shape {
  readonly shape: string;
  readonly operation: Asked;
  /** What brings its objects into memory a few at a time: more than that at once has no time before a deadline. */
  readonly parts: readonly Asked[];
  /** No two requests have the same bytes. */
  readonly varied?: boolean;
}

type Asked = Omit<Operation, 'at' | 'instance'>;

export const shapesOf = (members: ReadonlyMap<string, readonly Member[]>): readonly Shape[] => {
  const listed = (members.get('1001622624') ?? []).slice(0, 25);
  return [
    { shape: 'one card, 14 fields', operation: readPlainCard(nth(listed, 0)), parts: [] },
    {
      shape: '25 cards × 8 fields',
      operation: listCards(listed),
      parts: listed.map((_, index) => listCards(listed.slice(index, index + 1))),
    },
    {
      shape: 'one card, no two requests alike',
      operation: readPlainCard(nth(listed, 0)),
      parts: [],
      varied: true,
    },
  ];
};

export const connections = 20;
/** Operations before anything is counted, so that V8 has optimized; a slow machine gives up after some rounds. */
const usualWarmUp = 3_000;
const warmUpMs = 1_000;
const maxWarmUps = 10;
const measureMs = 3_000;

/** One contender answering from memory, as fast as the answers come, every shape in turn. */
export const measureThroughput = async (
  bench: Bench,
  {
    contender,
    run,
    shapes,
  }: { readonly contender: Contender; readonly run: number; readonly shapes: readonly Shape[] },
): Promise<readonly ThroughputRow[]> => {
  await bench.standIn.reset();
  const setup = writeSetup(bench.standIn.url, bench.standIn.provision);
  const headers = contender.headers(setup);
  const results = await measureProgram(bench, { program: contender.program(setup), headers, shapes });
  return results.map((result) => ({ contender: contender.id, run, ...result }));
};

export const measureProgram = async (
  bench: Bench,
  {
    program,
    headers,
    shapes,
    minWarmUp = usualWarmUp,
  }: {
    readonly program: ChildOptions;
    readonly headers: Readonly<Record<string, string>>;
    readonly shapes: readonly Shape[];
    readonly minWarmUp?: number;
  },
): Promise<readonly Omit<ThroughputRow, 'contender' | 'run'>[]> => {
  const child = await startChild(program);
  const closed = startGenerator('closed-load.js');
  const results: Omit<ThroughputRow, 'contender' | 'run'>[] = [];
  try {
    for (const { shape, operation, parts, varied = false } of shapes) {
      for (const part of [...parts, operation]) await fill(bench, { url: child.url, headers }, part);
      const load: ClosedLoad = {
        url: child.url,
        headers,
        varied,
        body: JSON.stringify({ query: operation.query, variables: operation.variables }),
        connections,
        forMs: measureMs,
        mustHold: `"userCardCode":"${nth(operation.expect, 0).userCardCode}"`,
      };
      let warmed = 0;
      for (let round = 0; round < maxWarmUps && warmed < minWarmUp; round += 1)
        warmed += (await closed.ask<ClosedResult>({ ...load, forMs: warmUpMs })).answered;
      const before = await child.usage();
      const result = await closed.ask<ClosedResult>(load);
      const after = await child.usage();
      if ((await bench.standIn.takeLedger()).length > 0)
        throw new Error(`${shape}: not everything came from memory`);
      results.push({
        shape,
        ...result,
        cpuSecondsPer1000: ((after.cpuSeconds - before.cpuSeconds) / result.answered) * 1000,
        peakMemoryMiB: after.peakMemoryMiB,
      });
    }
  } finally {
    closed.stop();
    await child.stop();
  }
  return results;
};

const maxTries = 40;

/** Asks until the whole answer comes from memory. */
const fill = async (
  { standIn, generator }: Bench,
  { url, headers }: Pick<ClosedLoad, 'url' | 'headers'>,
  operation: Asked,
): Promise<void> => {
  await standIn.liftLimits();
  await standIn.takeLedger();
  for (let left = maxTries; left > 0; left -= 1) {
    const [outcome] = await generator.ask<readonly Outcome[]>({
      urls: [url],
      headers,
      operations: [{ ...operation, at: 0, instance: 0 }],
      deadlineMs: 5_000,
    } satisfies Load);
    const asked = await standIn.takeLedger();
    // The static contender has no upstream and levels of its own.
    if (asked.length === 0 && (outcome?.verdict === 'useful' || outcome?.verdict === 'stale')) return;
  }
  throw new Error(`${url} does not answer "${operation.group}" from memory`);
};
