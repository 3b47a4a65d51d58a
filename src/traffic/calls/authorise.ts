import { AppError } from '../../shared/errors';
import type { Wrapper } from './call';

/**
 * Rejects calls for brands the caller may not access. Runs outside the cache, so that an entry cached for one caller never
 * reaches another. The error is the same as for a brand that is not configured.
 */
export const authorise: Wrapper = (next) => (call) =>
  call.canAccess(call.brandId, call.access)
    ? next(call)
    : Promise.reject(new AppError('NOT_FOUND', 'the brand is not configured'));
