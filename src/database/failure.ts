import { AppError } from '../shared/errors';
import { isSystemCode, systemCode as codeOf } from '../shared/system-code';
import type { DatabaseFailure } from './database';

/** The database cannot be used, for a reason that is not an error of PostgreSQL or of the system. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
  constructor(readonly reason: 'timeout' | 'closed' | 'locked' | 'newer') {
    super(reason);
  }
}

/**
 * SQLSTATE classes that say nothing about the statement: connection (08), resources such as a full disk (53), intervention such as a
 * shutdown (57), system error such as a failed write (58), user or password (28), no such database (3D), rights (42501), a
 * standby that only reads (25006).
 */
const ofTheServer = /^(?:08|53|57|58|28|3D|F0|XX)|^42501$|^25006$/;
const sqlState = /^[0-9A-Z]{5}$/;

/** Why the database cannot be used; `undefined` if it can, and refused the statement. */
export const databaseFailure = (error: unknown): DatabaseFailure | undefined => {
  if (error instanceof Unusable) return error.reason;
  const code = codeOf(error);
  if (code !== undefined && isSystemCode(code)) return code;
  if (code !== undefined && sqlState.test(code)) return ofTheServer.test(code) ? code : undefined;
  const message = error instanceof Error ? error.message : '';
  if (/timeout|timed out/i.test(message)) return 'timeout';
  return /terminated|closed|ended|not queryable/i.test(message) ? 'closed' : 'other';
};

/** The error that callers get. Messages of the database are not passed on: they quote values. */
export const databaseError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const failure = databaseFailure(error);
  return failure === undefined
    ? new AppError(
        'INTERNAL_SERVER_ERROR',
        `the database refused a statement (${codeOf(error) ?? 'no code'})`,
      )
    : new AppError('DATABASE_UNAVAILABLE', `the database cannot be used (${failure})`);
};
