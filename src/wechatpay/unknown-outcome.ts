import { AppError } from '../shared/errors';

/**
 * A write whose outcome is unknown is looked up: `find` answers its result where it happened after all. Where the look-up
 * finds nothing, or fails, the outcome stays unknown: any other error would say less.
 */
export const orFound = async <T>(
  write: Promise<T>,
  find: (error: AppError) => Promise<T | undefined>,
): Promise<T> => {
  try {
    return await write;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'OUTCOME_UNKNOWN') throw error;
    const found = await find(error).catch(() => undefined);
    if (found === undefined) throw error;
    return found;
  }
};
