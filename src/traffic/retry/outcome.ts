import { AppError } from '../../shared/errors';
import type { Idempotency } from '../calls/call';

/**
 * Outcome of one attempt. `unsent`: certainly not processed, because the host was not
 * reached or nothing was signed. `unclear`: may have been
 * processed. `unusable`: the same, and this host would answer the same again. `redirected`: the same, and every host would.
 * `throttled`: refused for its rate, not processed. `final`: answered, or refused by this server.
 */
export type AttemptOutcome = 'unsent' | 'unclear' | 'unusable' | 'redirected' | 'throttled' | 'final';

export const attemptOutcome = (error: unknown): AttemptOutcome => {
  if (!(error instanceof AppError)) return 'final';
  switch (error.code) {
    case 'UPSTREAM_UNAVAILABLE':
      return error.sent ? 'unclear' : 'unsent';
    case 'SIGNER_UNAVAILABLE':
      return 'unsent';
    case 'UPSTREAM_SIGNATURE_INVALID':
    case 'UPSTREAM_MALFORMED':
      return error.repeat === undefined ? 'unclear' : outcomeOfRepeat[error.repeat];
    case 'UPSTREAM_RATE_LIMITED':
      // A retry would only ask our own limiter again.
      return isOwnRefusal(error) ? 'final' : 'throttled';
    default:
      return 'final';
  }
};

const outcomeOfRepeat = { 'other-host': 'unusable', never: 'redirected' } as const;

/** Whether a write may have taken effect. */
export const mayHaveHappened = (outcome: AttemptOutcome): boolean =>
  outcome === 'unclear' || outcome === 'unusable' || outcome === 'redirected';

/** Refused by our own limiter: an upstream refusal carries `upstream`. */
export const isOwnRefusal = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === 'UPSTREAM_BUSY' ||
    (error.code === 'UPSTREAM_RATE_LIMITED' && error.upstream === undefined));

/** Written but not answered at all: a timeout or a reset. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code === 'UPSTREAM_UNAVAILABLE' &&
  error.sent &&
  error.upstream === undefined;

/**
 * `again`: retry if time, count and budget allow. `other-host`: the same, but only at a host that has not given an unusable
 * answer to this call. `stop`: no retry.
 */
export type Action = 'again' | 'other-host' | 'stop';

/** Outcome × idempotency. 429 means "not accepted" for every member-card interface (status table of the documents). */
export const actions: Readonly<Record<AttemptOutcome, Readonly<Record<Idempotency, Action>>>> = {
  unsent: { read: 'again', set: 'again', deduplicated: 'again', unsafe: 'again' },
  unclear: { read: 'again', set: 'again', deduplicated: 'again', unsafe: 'stop' },
  unusable: { read: 'other-host', set: 'other-host', deduplicated: 'other-host', unsafe: 'stop' },
  redirected: { read: 'stop', set: 'stop', deduplicated: 'stop', unsafe: 'stop' },
  throttled: { read: 'again', set: 'again', deduplicated: 'again', unsafe: 'again' },
  final: { read: 'stop', set: 'stop', deduplicated: 'stop', unsafe: 'stop' },
};
