import { Pool } from 'undici';
import { quantile } from '../measure/quantile';

/** So many connections, each with one request under way at any time: as fast as the server answers. */
export interface ClosedLoad {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** No two bodies are the same: each has a number in its `extensions`. */
  readonly varied?: boolean;
  readonly connections: number;
  readonly forMs: number;
  /** Every answer must have this text; those that do not are errors. */
  readonly mustHold: string;
}

export interface ClosedResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** All answers, also those that came after the end. */
  readonly answered: number;
}

/** Of all loads together: a request that an earlier load sent would come from the response cache. */
let sentCount = 0;

const run = async (load: ClosedLoad): Promise<ClosedResult> => {
  const { origin, pathname } = new URL(load.url);
  const pool = new Pool(origin, { connections: load.connections, pipelining: 1 });
  const until = performance.now() + load.forMs;
  const latencies: number[] = [];
  let errors = 0;
  let answeredCount = 0;
  const bodyOf = (): string => {
    if (load.varied !== true) return load.body;
    sentCount += 1;
    return `${load.body.slice(0, -1)},"extensions":{"n":${sentCount}}}`;
  };

  const connection = async (): Promise<void> => {
    for (let sent = performance.now(); sent < until; sent = performance.now()) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json', accept: 'application/json', ...load.headers },
        body: bodyOf(),
      });
      const text = await body.text();
      const answered = performance.now();
      answeredCount += 1;
      if (statusCode !== 200 || text.includes('"errors"') || !text.includes(load.mustHold)) errors += 1;
      else if (answered <= until) latencies.push(answered - sent);
    }
  };

  await Promise.all(Array.from({ length: load.connections }, connection));
  await pool.close();
  return {
    perSecond: (latencies.length * 1000) / load.forMs,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    errors,
    answered: answeredCount,
  };
};

process.on('message', (load: ClosedLoad) => {
  void run(load).then((result) => {
    process.send?.(result);
  });
});
