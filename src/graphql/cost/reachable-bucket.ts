import { AppError } from '../../shared/errors';
import type { Bucket } from '../../traffic/calls/call';
import type { InterfaceName } from '../../wechatpay/api/interfaces';
import type { MemberCards } from '../../wechatpay/api/member-cards';

/** `undefined` if the brand's configuration cannot reach the interface: it has no budget, and no call of it is made. */
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
