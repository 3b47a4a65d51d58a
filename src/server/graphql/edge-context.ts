import type { BaseContext } from '@apollo/server';
import type { OperationEvent } from './operation-event';
import type { OperationStats } from './operation-stats';
import type { Trace } from '../http/trace';
import type { Language } from '../../shared/language';

/** What this folder needs to know of an operation's context. */
export interface EdgeContext extends BaseContext {
  readonly language: Language;
  readonly stats: OperationStats;
  readonly trace: Trace;
  /** `event`: what was told of the operation, once its answer was ready. */
  readonly operationEvent: { event?: OperationEvent };
  /** Whether the answer shows, or was made from, personal data. */
  readonly holdsPersonalData: () => boolean;
  /** The token with which the caller's next request sees what this one wrote. */
  readonly consistency: () => string | undefined;
}
