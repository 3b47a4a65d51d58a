import type { KeyObject } from 'node:crypto';
import { checkRecord, firstLink, type Link } from './chain';
import { defined } from '../shared/defined';

/**
 * Result of verifying one audit file.
 * `whole`: every record is as written, and the last one closes the file.
 * `open`: the same without the closing record, because the process still writes, was killed or could not continue. Records may be
 * missing from the end.
 * `torn`: `open`, and the last record is incomplete.
 * `tampered`: a record was changed, moved, inserted or removed.
 */
export interface AuditVerdict {
  readonly state: 'whole' | 'open' | 'torn' | 'tampered';
  /** The last good record. Keep `sequence:seal` elsewhere and pass it as an anchor later, to detect a shortened file. */
  readonly last: Link;
  /** Number of the wrong line, from 1; for `tampered`. */
  readonly line?: number;
  /** True if an anchor was given and is not in the file. */
  readonly anchorMissing: boolean;
}

export interface AuditCheck {
  readonly key: KeyObject;
  /** A record that must be in the file, from an earlier verdict. */
  readonly anchor?: Link;
}

/** Verifies a file line by line. */
export interface Verification {
  /** Takes the next line. Returns false if it is not as it was written; what follows does not matter then. */
  take(line: string): boolean;
  /** Takes what follows the last line's end: nothing, or an incomplete record. */
  end(rest: string): AuditVerdict;
}

export const beginVerification = ({ key, anchor }: AuditCheck): Verification => {
  let last = firstLink;
  let anchored = anchor === undefined;
  let closed = false;
  let wrongLine: number | undefined;
  const verdict = (state: AuditVerdict['state'], line?: number): AuditVerdict => ({
    state,
    last,
    anchorMissing: !anchored,
    ...defined({ line }),
  });
  return {
    take(line) {
      if (wrongLine !== undefined) return false;
      const link = closed ? undefined : checkRecord(line, { previous: last, key });
      if (link === undefined) {
        wrongLine = last.sequence + 1;
        return false;
      }
      last = link;
      anchored ||= link.sequence === anchor?.sequence && link.seal === anchor.seal;
      closed = isClosing(line);
      return true;
    },
    end(rest) {
      if (wrongLine !== undefined) return verdict('tampered', wrongLine);
      if (rest === '') return verdict(closed ? 'whole' : 'open');
      return verdict(!closed && mayBeCutOff(rest, last) ? 'torn' : 'tampered', last.sequence + 1);
    },
  };
};

export const verifyAudit = (content: string, check: AuditCheck): AuditVerdict => {
  const lines = content.split('\n');
  // The text after the last newline: empty, or an incomplete record.
  const rest = lines.pop() ?? '';
  const verification = beginVerification(check);
  lines.every((line) => verification.take(line));
  return verification.end(rest);
};

/** A kill leaves the start of a record. It cannot leave a complete one with a wrong seal or number. */
const mayBeCutOff = (rest: string, { sequence }: Link): boolean => {
  const start = `{"sequence":${sequence + 1},`;
  return !rest.endsWith('"}') && (rest.startsWith(start) || start.startsWith(rest));
};

const isClosing = (line: string): boolean => /^\{"sequence":\d+,"kind":"CLOSED",/.test(line);
