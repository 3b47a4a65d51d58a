import type { BaseContext } from '@apollo/server';
import type { OperationEvent } from './operation-event';
import type { OperationTally } from './tally';
import type { Trace } from './trace';

/** What this folder needs to know of an operation's context. */
export interface EdgeContext extends BaseContext {
  readonly language: 'en' | 'zh';
  readonly tally: OperationTally;
  readonly trace: Trace;
  /** `event`: what was told of the operation, once its answer was ready. */
  readonly told: { event?: OperationEvent };
  /** Whether the answer shows, or was made from, personal data. */
  readonly holdsPersonalData: () => boolean;
  /** The token with which the caller's next request sees what this one wrote. */
  readonly consistency: () => string | undefined;
}
