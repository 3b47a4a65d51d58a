import type { Audit, AuditEvent, AuditIntent, AuditOutcome } from '../../src/audit/event';
import { auditTo } from '../../src/audit/audit-to';
import { verifyFiles } from '../../src/cli/audit-verify';

export const anAuditEvent = (changes: Partial<AuditOutcome> = {}): AuditOutcome => ({
  at: 1_700_000_000_000,
  kind: 'MUTATION',
  caller: 'till-7',
  brandId: '1004',
  operation: 'updateUserCard',
  targetHash: 'abc',
  targetKey: 'k1',
  fields: ['level'],
  outcome: 'OK',
  requestIds: ['08F7-0'],
  ...changes,
});

export const anIntent = (changes: Partial<AuditIntent> = {}): AuditIntent => {
  const { outcome: _, requestIds: __, ...common } = anAuditEvent();
  return { ...common, kind: 'INTENT', id: 'i1', ...changes };
};

/** An audit log that stores its records in memory and whose disk can be made full. */
export const memoryAudit = () => {
  const disk = { full: false };
  const events: AuditEvent[] = [];
  const outcomes: AuditOutcome[] = [];
  const audit: Audit = auditTo(
    (event) => {
      if (disk.full) throw new Error('ENOSPC');
      events.push(event);
      if (event.kind !== 'INTENT') outcomes.push(event);
    },
    () => undefined,
  );
  return { audit, disk, events, outcomes };
};

/** Exit code and output of `npm run audit:verify`. */
export const runAuditVerify = (...argv: string[]): { readonly code: number; readonly text: string } => {
  const lines: string[] = [];
  const code = verifyFiles(argv, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
};
