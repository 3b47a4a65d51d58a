import { AppError, type ErrorCode } from '../../shared/errors';

/** Failures that an older answer may stand in for: the upstream could not be asked, or not be believed. */
const bridged: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
]);

/** WeChat Pay said, under its signature, that there is no such object. */
export const provesAbsence = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'NOT_FOUND' && error.upstream?.verified === true;

export const isBridged = (error: unknown): boolean => error instanceof AppError && bridged.has(error.code);

/** Never sent, or refused under WeChat Pay's signature. Anything less proves nothing about a write. */
export const certainlyNotDone = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code !== 'OUTCOME_UNKNOWN' &&
  (error.upstream === undefined ? !error.sent : error.upstream.verified && error.upstream.status < 500);
