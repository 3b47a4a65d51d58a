import type { BulkKind } from '../bulk/files/kinds';
import type { Operation, PauseReason } from '../bulk/operation';
import { isImport } from '../bulk/row-keys';
import type { RowCall, RowOutcome } from '../bulk/row-runner';
import { rowTexts } from '../bulk/row-texts';
import { AppError } from '../shared/errors';
import { isRecord } from '../shared/is-record';
import { textIn } from '../shared/language';

/** What the payload of a row's mutation says. */
export const outcomeOf = (
  done: Readonly<Record<string, unknown>>,
  { kind, onExisting, language }: Operation,
  call: Pick<RowCall, 'kind'>,
): RowOutcome => {
  const updatesExisting = call.kind !== kind;
  const [error] = (Array.isArray(done.userErrors) ? done.userErrors : []) as readonly {
    readonly code: string;
    readonly message: string;
  }[];
  if (error !== undefined) {
    if (endsEveryRow.has(error.code)) return { state: 'STOP', reason: 'TEMPLATE_NOT_USABLE' };
    // WeChat Pay has said that the member has a card. So it is another one.
    if (updatesExisting && error.code === 'NOT_FOUND')
      return { state: 'FAILED', code: 'NOT_FOUND', message: rowTexts[language].otherCard };
    const isDone = nothingToDo[call.kind]?.includes(error.code) === true;
    if (isDone && isImport(kind) && onExisting === 'UPDATE') return { state: 'EXISTS' };
    return { state: isDone ? 'SKIPPED' : 'FAILED', code: error.code, message: error.message };
  }
  const card = isRecord(done.userCard) ? done.userCard : done;
  const openid = typeof card.openid === 'string' ? card.openid : undefined;
  const isUnknown = done.outcome === 'IMPORTED_OPENID_UNKNOWN';
  const code = updatesExisting ? 'UPDATED' : isUnknown ? 'IMPORTED_OPENID_UNKNOWN' : undefined;
  return { state: 'SUCCEEDED', openid, code };
};

/** Refusals that every other row of the operation would get too. */
const endsEveryRow: ReadonlySet<string> = new Set([
  'TEMPLATE_NOT_OF_BRAND',
  'TEMPLATE_NOT_USABLE',
  'TEMPLATE_ENDED',
  'PRODUCT_NOT_OPENED',
  'FEATURE_NOT_OPEN',
]);

/** Refusals that say that the card is already as the row wants it. */
const nothingToDo: Readonly<Partial<Record<BulkKind, readonly string[]>>> = {
  IMPORT_BY_PHONE: ['PHONE_ALREADY_IMPORTED', 'CARD_ALREADY_EXISTS', 'CARD_ALREADY_EFFECTIVE'],
  IMPORT_BY_OPENID: ['CARD_ALREADY_EXISTS', 'CARD_ALREADY_EFFECTIVE'],
  INVALIDATE_USER_CARDS: ['CARD_ENDED'],
};

/** What an error says that the caller of the mutation could not correct. */
export const outcomeOfError = (error: unknown, { language }: Operation): RowOutcome => {
  const reason = stopOf(error);
  if (reason !== undefined) return { state: 'STOP', reason };
  const unknown: RowOutcome = { state: 'AGAIN', afterMs: 2_000, isUnknown: true, isBusy: false };
  if (!(error instanceof AppError)) return unknown;
  switch (error.code) {
    case 'DONE_UNREADABLE':
      return { state: 'SUCCEEDED', openid: error.known?.openid };
    case 'OUTCOME_UNKNOWN':
    case 'INTERNAL_SERVER_ERROR':
      return unknown;
    case 'UPSTREAM_RATE_LIMITED':
    case 'UPSTREAM_BUSY':
      return { state: 'AGAIN', afterMs: error.retryAfterMs ?? 1_000, isUnknown: error.sent, isBusy: true };
    case 'UPSTREAM_UNAVAILABLE':
    case 'UPSTREAM_SIGNATURE_INVALID':
    case 'UPSTREAM_MALFORMED':
    case 'SIGNER_UNAVAILABLE':
      return { state: 'AGAIN', afterMs: error.retryAfterMs ?? 5_000, isUnknown: error.sent, isBusy: true };
    default:
      return { state: 'FAILED', code: error.code, message: textIn(language, error.publicMessage) };
  }
};

/** The reason, if every other row would meet the same error. */
export const stopOf = (error: unknown): PauseReason | undefined => {
  if (!(error instanceof AppError)) return undefined;
  switch (error.code) {
    case 'MISCONFIGURED':
    case 'UPSTREAM_FORBIDDEN':
      return 'CREDENTIAL_REFUSED';
    case 'FORBIDDEN':
      return 'ACCESS_LOST';
    case 'AUDIT_UNAVAILABLE':
      return 'NOT_READY';
    default:
      return undefined;
  }
};

/** GraphQL refuses the input of the row. */
export const malformed = ({ language }: Operation): RowOutcome => ({
  state: 'FAILED',
  code: 'INVALID',
  message: language === 'zh' ? '该行的某个值格式有误。' : 'A value of the row is malformed.',
});
