import { join } from 'node:path';
import { benchDir } from './places';

interface Redis {
  readonly url: string;
  stop(): Promise<void>;
}

interface Starting {
  readonly startRedis: (args: readonly string[], options: { readonly preferred: boolean }) => Promise<Redis>;
}

/**
 * What several instances of the product share. It runs at everybody's priority: what it takes of the processors is a cost
 * of the product, which the rivals do not have.
 */
export const startRedis = async (): Promise<Redis> => {
  const { startRedis: start } = (await import(join(benchDir, 'limits', 'redis.mjs'))) as Starting;
  return start([], { preferred: false });
};
