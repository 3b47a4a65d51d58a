import { Agent } from 'undici';
import { judge } from '../measure/judge';
import type { Operation, Outcome } from '../measure/operation';

/** The generator's process: takes a load by message, sends it, answers how each operation went. */
export interface Load {
  readonly urls: readonly string[];
  readonly operations: readonly Operation[];
  readonly headers: Readonly<Record<string, string>>;
  /** An answer that comes later is of no use. */
  readonly deadlineMs: number;
}

/** The generator gives up on an answer after so many deadlines. */
const patience = 2;

const run = async ({ urls, operations, headers, deadlineMs }: Load): Promise<readonly Outcome[]> => {
  // As many connections as there are requests under way: clients do not wait for each other.
  const agent = new Agent({ pipelining: 1, connect: { timeout: deadlineMs } });
  const start = performance.now();

  const send = async (operation: Operation, origin: number): Promise<readonly Outcome[]> => {
    const due = origin + operation.at;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const { status, body } = await exchange(operation);
    const answeredAt = performance.now();
    const outcome = judge(operation, { status, body, latencyMs: answeredAt - due }, deadlineMs);
    // What builds on an operation that did not happen would be judged by a state that never was.
    const next = outcome.verdict === 'useful' ? (operation.then ?? []) : [];
    const later = await Promise.all(next.map((one) => send(one, answeredAt)));
    return [outcome, ...later.flat()];
  };

  const exchange = async ({
    instance,
    query,
    variables,
  }: Operation): Promise<{ status: number; body: unknown }> => {
    try {
      const url = new URL(urls[instance % urls.length] ?? '');
      const answer = await agent.request({
        origin: url.origin,
        path: url.pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(deadlineMs * patience),
      });
      return { status: answer.statusCode, body: await answer.body.json() };
    } catch {
      return { status: 0, body: undefined };
    }
  };

  const outcomes = await Promise.all(operations.map((operation) => send(operation, start)));
  await agent.destroy();
  return outcomes.flat();
};

process.on('message', (load: Load) => {
  void run(load).then((outcomes) => {
    process.send?.(outcomes);
  });
});
