import { join } from 'node:path';
import type { ChildOptions } from './child';
import { benchDir, productDir } from './places';
import type { Setup } from './setup';

export interface Contender {
  readonly id: string;
  readonly title: string;
  readonly program: (setup: Setup) => ChildOptions;
  /** What a caller must send beside the request itself. */
  readonly headers: (setup: Setup) => Readonly<Record<string, string>>;
  /** Takes part in the rows from memory only. */
  readonly isHotOnly?: boolean;
}

const rival = (file: string, ...args: readonly string[]): Pick<Contender, 'program' | 'headers'> => ({
  program: (setup) => ({ file: join(benchDir, 'contenders', file), args: [setup.file, ...args] }),
  headers: () => ({}),
});

/** In the order of the tables. */
export const contenders: readonly Contender[] = [
  {
    id: 'A',
    title: 'hand-rolled: Apollo Server, RESTDataSource, DataLoader, Keyv adapter',
    ...rival('hand-rolled.mjs'),
  },
  {
    id: 'A+',
    title: 'A with a limiter of 5/s per brand and interface in each process; writes drop their entry',
    ...rival('hand-rolled.mjs', 'limited'),
  },
  {
    id: 'B',
    title: 'Hive Gateway over OpenAPI: deduplication before signing, response cache',
    ...rival('gateway.mjs'),
  },
  { id: 'B+', title: 'B with upstream retries', ...rival('gateway.mjs', 'retrying') },
  {
    id: 'M',
    title: 'Mercurius on Fastify with its JIT and its cache of resolvers; from memory only',
    isHotOnly: true,
    ...rival('mercurius.mjs'),
  },
  {
    id: 'C',
    title: 'this product',
    program: ({ productFile }) => ({
      file: join(productDir, 'main.js'),
      args: ['--config', productFile],
    }),
    headers: ({ apiKey }) => ({ authorization: `Bearer ${apiKey}` }),
  },
];

/** Answers from memory without any upstream, behind the product's own HTTP layer: what the integration alone can do. */
export const bare: Contender = {
  id: 'bare',
  title: 'bare Apollo Server, static resolvers, same integration',
  ...rival('bare.mjs'),
};
