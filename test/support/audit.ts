import type { AuditEvent } from '../../src/audit/event';
import { verifyFiles } from '../../src/cli/audit-verify';

export const anAuditEvent = (changes: Partial<AuditEvent> = {}): AuditEvent => ({
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

/** What `npm run audit:verify` ends with and prints. */
export const runAuditVerify = (...argv: string[]): { readonly code: number; readonly text: string } => {
  const lines: string[] = [];
  const code = verifyFiles(argv, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
};
