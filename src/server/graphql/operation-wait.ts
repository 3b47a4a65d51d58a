import type { IncomingMessage } from 'node:http';
import { headerOf } from '../http/headers';
import { preferredWaitSeconds } from '../http/prefer';

/** How long the calls of one operation may wait, from its start. */
export interface OperationWait {
  /** For reads, ms. */
  readonly queryMs: number;
  /** For writes, ms. Never shorter than configured: an outcome that nobody waits for would be unknown. */
  readonly mutationMs: number;
  /** The value of `Preference-Applied`; `undefined` if the client prefers nothing, or its preference is not applied. */
  readonly applied: (type: 'query' | 'mutation' | 'subscription' | undefined) => string | undefined;
}

export type WaitOf = (request: Pick<IncomingMessage, 'headers'>) => OperationWait;

export interface OperationWaitOptions {
  /** Without a preference of the client, ms. */
  readonly queryMs: number;
  readonly mutationMs: number;
  /** The longest wait that a client can choose, ms. */
  readonly operationMs: number;
}

/**
 * Reads `Prefer: wait=<seconds>`. For a subscription it holds for each event, and on a WebSocket for each operation. Less than a
 * second counts as one, and more than `operationMs` as that.
 */
export const createWaitOf =
  ({ queryMs, mutationMs, operationMs }: OperationWaitOptions): WaitOf =>
  (request) => {
    const asked = preferredWaitSeconds(headerOf(request, 'prefer'));
    const longest = Math.floor(operationMs / 1_000);
    if (asked === undefined || longest < 1) return { queryMs, mutationMs, applied: () => undefined };
    const seconds = Math.min(longest, Math.max(1, asked));
    const ms = seconds * 1_000;
    return {
      queryMs: ms,
      mutationMs: Math.max(mutationMs, ms),
      applied: (type) => (type === 'mutation' && ms < mutationMs ? undefined : `wait=${seconds}`),
    };
  };
