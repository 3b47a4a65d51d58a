import { randomUUID } from 'node:crypto';
import { codeOf } from '../shared/errors';
import type { AuditedAction, OperationAudit } from './operation-audit';

export interface WithAuditOptions<T> {
  readonly audit: OperationAudit;
  readonly of: AuditedAction;
  /** WeChat Pay's ids of the requests that the action made; asked for when it has ended. */
  readonly requestIds: () => readonly string[];
  /** Of what the action resolved to; OK if absent. */
  readonly outcomeOf?: (result: T) => string;
}

/**
 * Runs a write and records it in the audit log: its intent before anything is sent, its outcome when it has ended, also if
 * it was refused. The action hands `recordIntent` to its calls (`Scope.recordIntent`), which await it before they are sent; while
 * the intent cannot be recorded it rejects with AppError AUDIT_UNAVAILABLE and nothing is sent.
 *
 * Resolves or rejects as the action does, whether or not the outcome could be recorded: what has happened is not undone by
 * a full disk. The audit itself reports the missing record, and `audit:verify` lists the intent.
 */
export const withAudit = async <T>(
  action: (recordIntent: () => Promise<void>) => Promise<T> | T,
  { audit, of, requestIds, outcomeOf = () => 'OK' }: WithAuditOptions<T>,
): Promise<T> => {
  const id = randomUUID();
  // One intent for the action, however many calls it makes.
  let intent: Promise<void> | undefined;
  const recordIntent = (): Promise<void> => (intent ??= audit.recordIntent(of, id));
  const recordOutcome = (outcome: string): void => {
    const ofIntent = intent === undefined ? {} : { id };
    try {
      audit.record({ ...of, kind: 'MUTATION', ...ofIntent, outcome, requestIds: requestIds() });
    } catch {
      // Reported by the audit.
    }
  };
  let result: T;
  try {
    result = await action(recordIntent);
  } catch (error) {
    recordOutcome(codeOf(error));
    throw error;
  }
  recordOutcome(outcomeOf(result));
  return result;
};
