import type { RecordPosition } from '../../../audit/merged-records';
import type { EntryQuery } from '../../../audit/read-entries';
import { broken } from '../../inputs/arguments';
import { isRfc3339 } from '../../inputs/rules/date-time';
import { kindOf, type AuditEntryFilter } from './audit-entry.type';

/** Throws BAD_USER_INPUT if a time is no date-time. */
export const toEntryFilter = (
  filter: AuditEntryFilter | null,
): Pick<EntryQuery, 'matches' | 'from' | 'to'> => {
  const { brandId, kind, onlyProblems } = filter ?? {};
  const caller = filter?.caller?.toLowerCase() ?? '';
  const operation = filter?.operation?.toLowerCase() ?? '';
  return {
    from: toTime(filter?.from, 'filter.from'),
    to: toTime(filter?.to, 'filter.to'),
    matches: ({ event }) =>
      event.caller.toLowerCase().includes(caller) &&
      event.operation.toLowerCase().includes(operation) &&
      (typeof brandId !== 'string' || event.brandId === brandId) &&
      (!kind || kindOf(event) === kind) &&
      (onlyProblems !== true || event.outcome !== 'OK'),
  };
};

const toTime = (text: string | null | undefined, name: string): number | undefined => {
  if (typeof text !== 'string') return undefined;
  if (!isRfc3339(text)) throw broken('dateTime', name);
  return Date.parse(text);
};

export const encodePosition = ({ at, file, sequence }: RecordPosition): string =>
  Buffer.from(`a:${at}:${sequence}:${file}`).toString('base64url');

/** Throws BAD_USER_INPUT if it is not exactly one of ours. */
export const decodePosition = (cursor: string): RecordPosition => {
  const [, at, sequence, file] =
    /^a:(\d{1,15}):(\d{1,15}):([\w-]{1,100}\.jsonl)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const position = { at: Number(at), sequence: Number(sequence), file: file ?? '' };
  if (encodePosition(position) !== cursor) throw broken('after');
  return position;
};

/** Throws BAD_USER_INPUT if it is not the name of an audit file. */
export const toFileName = (cursor: string | null | undefined): string | undefined => {
  if (typeof cursor !== 'string') return undefined;
  if (!/^[\w-]{1,100}\.jsonl$/.test(cursor)) throw broken('after');
  return cursor;
};
