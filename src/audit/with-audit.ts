import { randomUUID } from 'node:crypto';
import { defined } from '../shared/defined';
import { AppError, codeOf } from '../shared/errors';
import type { AuditedAction, AuditEntry, OperationAudit } from './operation-audit';

export interface WithAuditOptions<T> {
  readonly audit: OperationAudit;
  readonly of: AuditedAction;
  /** Called after the action: WeChat Pay's Request-IDs of its calls. */
  readonly requestIds: () => readonly string[];
  /** The outcome to record for the action's result. Default: OK. */
  readonly outcomeOf?: (result: T) => AuditedOutcome;
}

export type AuditedOutcome = Pick<AuditEntry, 'outcome' | 'route' | 'wechatMessages'>;

/**
 * Runs a write and records it in the audit log: the intent before anything is sent, the outcome when it has ended, even if it
 * was refused. The action passes `recordIntent` to its calls (`Scope.recordIntent`), which await it before they are sent. If the
 * intent cannot be recorded, `recordIntent` rejects with AppError AUDIT_UNAVAILABLE and nothing is sent.
 *
 * Resolves or rejects as the action does, even if the outcome cannot be recorded, because a full disk does not undo what has
 * happened. The audit log reports the missing record, and `audit:verify` lists the intent.
 */
export const withAudit = async <T>(
  action: (recordIntent: () => Promise<void>) => Promise<T> | T,
  { audit, of, requestIds, outcomeOf = () => ({ outcome: 'OK' }) }: WithAuditOptions<T>,
): Promise<T> => {
  const id = randomUUID();
  // One intent per action, however many calls it makes.
  let intent: Promise<void> | undefined;
  const recordIntent = (): Promise<void> => (intent ??= audit.recordIntent(of, id));
  const recordOutcome = (outcome: AuditedOutcome): void => {
    const ofIntent = intent === undefined ? {} : { id };
    try {
      audit.record({ ...of, kind: 'MUTATION', ...ofIntent, ...outcome, requestIds: requestIds() });
    } catch {
      // The audit log has reported it.
    }
  };
  let result: T;
  try {
    result = await action(recordIntent);
  } catch (error) {
    recordOutcome({ outcome: codeOf(error), ...saidBy(error) });
    throw error;
  }
  recordOutcome(outcomeOf(result));
  return result;
};

const saidBy = (error: unknown): Pick<AuditedOutcome, 'route' | 'wechatMessages'> => {
  if (!(error instanceof AppError)) return {};
  const said = error.upstream?.sentence?.text;
  return defined({ route: error.route, wechatMessages: said === undefined ? undefined : [said] });
};
