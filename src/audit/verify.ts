import type { KeyObject } from 'node:crypto';
import { checkRecord, firstLink, type Link } from './chain';
import { defined } from '../shared/defined';

/**
 * What a file of records turned out to be. `whole`: every record is as it was written and the last one closes the file.
 * `open`: the same, but the process still writes, was killed or could not write on; records may be missing from the end.
 * `torn`: `open`, and the last record was cut off while it was written. `tampered`: a record was changed, moved, put in or taken out.
 */
export interface AuditVerdict {
  readonly state: 'whole' | 'open' | 'torn' | 'tampered';
  /** The last good record: keep `sequence:seal` elsewhere and hand it in as an anchor, to notice a shortened file. */
  readonly last: Link;
  /** Number of the line that is wrong, from 1; for `tampered`. */
  readonly line?: number;
  /** True where an anchor was given and is not in the file. */
  readonly anchorMissing: boolean;
}

export interface AuditCheck {
  readonly key: KeyObject;
  /** A record that must be in the file, from an earlier verdict. */
  readonly anchor?: Link;
}

export const verifyAudit = (content: string, { key, anchor }: AuditCheck): AuditVerdict => {
  const lines = content.split('\n');
  // What stands behind the last newline: nothing, or a record whose writing was cut off.
  const rest = lines.pop() ?? '';
  let last = firstLink;
  let anchored = anchor === undefined;
  let closed = false;
  const verdict = (state: AuditVerdict['state'], line?: number): AuditVerdict => ({
    state,
    last,
    anchorMissing: !anchored,
    ...defined({ line }),
  });

  for (const [index, line] of lines.entries()) {
    const link = closed ? undefined : checkRecord(line, { previous: last, key });
    if (link === undefined) return verdict('tampered', index + 1);
    last = link;
    anchored ||= link.sequence === anchor?.sequence && link.seal === anchor.seal;
    closed = isClosing(line);
  }
  if (rest === '') return verdict(closed ? 'whole' : 'open');
  return verdict(!closed && mayBeCutOff(rest, last) ? 'torn' : 'tampered', lines.length + 1);
};

/** A kill leaves the beginning of a record; a whole one whose seal is wrong, or another number, was not left by a kill. */
const mayBeCutOff = (rest: string, { sequence }: Link): boolean => {
  const start = `{"sequence":${sequence + 1},`;
  return !rest.endsWith('"}') && (rest.startsWith(start) || start.startsWith(rest));
};

const isClosing = (line: string): boolean => /^\{"sequence":\d+,"kind":"CLOSED",/.test(line);
