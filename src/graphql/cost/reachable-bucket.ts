import { AppError } from '../../shared/errors';
import type { Bucket } from '../../traffic/calls/call';
import type { InterfaceName } from '../../wechatpay/api/interfaces';
import type { MemberCards } from '../../wechatpay/api/member-cards';

/** Returns `undefined` if the brand's configuration cannot reach the interface: then there is no budget, and no call is made. */
export const reachableBucket = (
  members: Pick<MemberCards, 'bucketOf'>,
  name: InterfaceName,
  brandId: string,
): Bucket | undefined => {
  try {
    return members.bucketOf(name, brandId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'MISCONFIGURED') return undefined;
    throw error;
  }
};
