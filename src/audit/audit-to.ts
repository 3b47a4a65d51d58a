import { AppError } from '../shared/errors';
import type { Audit, AuditEvent } from './event';

/** An audit log that passes records to a function, e.g. to the server's log. Does not guarantee that they reach a disk. */
export const auditTo = (take: (event: AuditEvent) => void, onError: (error: unknown) => void): Audit => {
  const record = (event: AuditEvent): void => {
    try {
      take(event);
    } catch (cause) {
      onError(cause);
      throw new AppError('AUDIT_UNAVAILABLE', `the audit record of ${event.operation} was not accepted`, {
        cause,
      });
    }
  };
  return {
    record,
    // Asynchronous, so that a failure becomes a rejection.
    recordDurably: async (event) => {
      await Promise.resolve();
      record(event);
    },
  };
};
