import { AppError } from '../../shared/errors';
import type { Call, Wrapper } from './call';

/**
 * Rejects calls for brands and data that the caller may not access. Runs outside the cache, so that an entry cached for one
 * caller never reaches another. Depends on the call alone and not on what exists, so a refusal reveals nothing.
 */
export const authorise: Wrapper = (next) => (call) =>
  call.canAccess(call.brandId, call.access, call.owner) ? next(call) : Promise.reject(refusalOf(call));

/** For a brand that the caller may not see, the error is the same as for one that is not configured. */
const refusalOf = ({ canAccess, brandId }: Call): AppError =>
  canAccess(brandId, 'read', 'everyone')
    ? new AppError('FORBIDDEN', "the data is not the caller's", { publicMessage: notYours })
    : new AppError('NOT_FOUND', 'the brand is not configured');

const notYours = [
  'Not permitted: with this credential you can access only your own cards and data.',
  '没有权限：该身份凭证只能访问本人的会员卡与数据。',
] as const;
