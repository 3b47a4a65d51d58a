import type { Audit, AuditOutcome } from './event';

/**
 * The same audit, with `onUnknown` called for each write whose outcome nobody knows: someone has to look it up, also if the record
 * cannot be written.
 */
export const watchOutcomes = (audit: Audit, onUnknown: (event: AuditOutcome) => void): Audit => ({
  record(event) {
    if (event.kind === 'MUTATION' && event.outcome === 'OUTCOME_UNKNOWN') onUnknown(event);
    audit.record(event);
  },
  recordDurably: (event) => audit.recordDurably(event),
});
