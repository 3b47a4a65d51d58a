import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors';
import type { UpstreamArguments } from './request';
import { keepMostRecent } from '../../shared/most-recent';

const maxRemembered = 10_000;

/**
 * What this process sent under each request number, as hashes. It distinguishes a repeated request from another request with
 * the same number, for objects that no interface returns. Forgets the oldest above 10 000 numbers.
 */
export interface SentRequests {
  /** Runs `send` and passes what was sent under the number before. Remembers the request unless it was refused. */
  remember<T>(args: UpstreamArguments, send: (before: SentBefore) => Promise<T>): Promise<T>;
}

export type SentBefore = 'nothing' | 'the same' | 'other content';

export const createSentRequests = (): SentRequests => {
  const contents = keepMostRecent<string>(maxRemembered);
  return {
    async remember(args, send) {
      const number = hashOf([args.brand_id, args.out_request_no]);
      const content = hashOf(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = contents.get(number);
      const before = known === undefined ? 'nothing' : known === content ? 'the same' : 'other content';
      try {
        const result = await send(before);
        contents.set(number, content);
        return result;
      } catch (error) {
        if (error instanceof AppError && error.code === 'OUTCOME_UNKNOWN') contents.set(number, content);
        throw error;
      }
    },
  };
};

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url');
