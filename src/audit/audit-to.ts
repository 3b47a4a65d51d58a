import { AppError } from '../shared/errors';
import type { Audit, AuditEvent } from './event';

/** An audit whose records go to a function, e.g. as lines of the log. Nothing tells whether such a line reaches a disk. */
export const auditTo = (take: (event: AuditEvent) => void, onError: (error: unknown) => void): Audit => {
  const record = (event: AuditEvent): void => {
    try {
      take(event);
    } catch (cause) {
      onError(cause);
      throw new AppError('AUDIT_UNAVAILABLE', `the audit record of ${event.operation} was not taken`, {
        cause,
      });
    }
  };
  return {
    record,
    // Asynchronous, so that a failure rejects.
    recordDurably: async (event) => {
      await Promise.resolve();
      record(event);
    },
  };
};
