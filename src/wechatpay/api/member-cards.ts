import type { Bucket } from '../../traffic/calls/call';
import { createCardTemplates, type CardTemplates } from './card-templates';
import { createImages, type Images } from './images';
import type { InterfaceName } from './interfaces';
import { createMemberServices, type MemberServices } from './member-services';
import { createMembershipActivities, type MembershipActivities } from './membership-activities';
import type { CacheKeys } from './cache-keys';
import type { CardNotes } from './card-notes';
import { createCallInterface, type CallInterfaceDeps } from './call-interface';
import { createUserCards, type UserCards } from './user-cards';

/**
 * The member-card product as typed functions. Reads of a single object resolve to `undefined` if WeChat Pay's signed
 * response says that it does not exist. All functions reject with AppError.
 */
export interface MemberCards extends CardTemplates, UserCards, MemberServices, MembershipActivities, Images {
  /** The bucket that a call of this interface for this brand uses. */
  bucketOf(name: InterfaceName, brandId: string): Bucket;
}

export interface MemberCardsDeps extends CallInterfaceDeps {
  readonly cacheKeys: CacheKeys;
  readonly notes: CardNotes;
}

export const createMemberCards = ({ cacheKeys, notes, ...deps }: MemberCardsDeps): MemberCards => {
  const { callInterface, sendCall, bucketOf } = createCallInterface(deps);
  const { observeCard } = deps;
  return {
    ...createCardTemplates(callInterface, cacheKeys),
    ...createUserCards({ callInterface, cacheKeys, notes, observeCard }),
    ...createMemberServices(callInterface, cacheKeys),
    ...createMembershipActivities(callInterface, cacheKeys),
    ...createImages(sendCall),
    bucketOf,
  };
};
