import type { BaseContext } from '@apollo/server';
import type { Permissions } from '../../auth/permissions';
import type { OperationEvent } from './operation-event';
import type { OperationStats } from './operation-stats';
import type { OperationWait } from './operation-wait';
import type { Trace } from '../http/trace';
import type { Language } from '../../shared/language';

/** The parts of an operation's context that this folder needs. */
export interface EdgeContext extends BaseContext {
  readonly language: Language;
  /** See `Caller.id`. */
  readonly callerId: string;
  /** What the caller may do. */
  readonly permissions: Permissions;
  readonly stats: OperationStats;
  readonly wait: OperationWait;
  readonly trace: Trace;
  /** `event` is set when the response is ready. */
  readonly operationEvent: { event?: OperationEvent };
  /** Whether the response shows personal data or was made from it. */
  readonly holdsPersonalData: () => boolean;
  /** The token with which the caller's next request sees this operation's writes. */
  readonly consistency: () => string | undefined;
}
