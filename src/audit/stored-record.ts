import { defined } from '../shared/defined';
import { isRecord } from '../shared/is-record';
import type { AuditIntent, AuditOutcome } from './event';

/** An intent or an outcome as an audit file holds it. An intent has no outcome and no Request-IDs. */
export interface StoredEvent
  extends Omit<AuditIntent, 'kind' | 'at' | 'id'>, Partial<Pick<AuditOutcome, 'id' | 'outcome' | 'route'>> {
  readonly kind: AuditIntent['kind'] | AuditOutcome['kind'];
  readonly requestIds: readonly string[];
  readonly wechatMessages: readonly string[];
}

/** A line of an audit file. */
export interface StoredRecord {
  readonly sequence: number;
  /** Ms since the Unix epoch. */
  readonly at: number;
  /** Absent for the records that open and close a file. */
  readonly event?: StoredEvent;
}

/**
 * Reads a line; `undefined` if this software did not write it so. Takes only what the type names, so that nothing else in a file
 * reaches a reader. Does not check the seal.
 */
export const readRecord = (line: string): StoredRecord | undefined => {
  const record = parsed(line);
  if (record === undefined) return undefined;
  const { sequence, kind } = record;
  const at = typeof record.at === 'string' ? Date.parse(record.at) : NaN;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || Number.isNaN(at)) return undefined;
  if (kind === 'OPENED' || kind === 'CLOSED') return { sequence, at };
  const event = eventOf(record);
  return event && { sequence, at, event };
};

const parsed = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const kinds: readonly unknown[] = [
  'INTENT',
  'MUTATION',
  'DECRYPTION',
  'LOOKUP',
] satisfies StoredEvent['kind'][];
const isKind = (value: unknown): value is StoredEvent['kind'] => kinds.includes(value);

const eventOf = (record: Readonly<Record<string, unknown>>): StoredEvent | undefined => {
  const { kind, caller, brandId, operation, targetHash, targetKey, id, outcome, route } = record;
  if (
    !isKind(kind) ||
    typeof caller !== 'string' ||
    typeof brandId !== 'string' ||
    typeof operation !== 'string' ||
    typeof targetHash !== 'string' ||
    typeof targetKey !== 'string' ||
    (kind !== 'INTENT' && typeof outcome !== 'string')
  )
    return undefined;
  return {
    kind,
    caller,
    brandId,
    operation,
    targetHash,
    targetKey,
    fields: textsOf(record.fields),
    requestIds: textsOf(record.requestIds),
    wechatMessages: textsOf(record.wechatMessages),
    ...defined({ id: textOf(id), outcome: textOf(outcome), route: textOf(route) }),
  };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
