import { AppError } from '../../shared/errors';
import type { Wrapper } from './call';

/**
 * Nobody's call passes for a brand that they may not reach: outside the cache, so that what one caller warmed never
 * answers another. The refusal is that of a brand that does not exist.
 */
export const authorise: Wrapper = (next) => (call) =>
  call.canAccess(call.brandId, call.access)
    ? next(call)
    : Promise.reject(new AppError('NOT_FOUND', 'the brand is not configured'));
