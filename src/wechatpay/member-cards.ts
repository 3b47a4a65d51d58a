import type { Bucket } from '../traffic/call';
import { createCardTemplates, type CardTemplates } from './card-templates';
import { createImages, type Images } from './images';
import type { InterfaceName } from './interfaces';
import { createMemberServices, type MemberServices } from './member-services';
import { createMembershipActivities, type MembershipActivities } from './membership-activities';
import type { Names } from './names';
import { createPerform, type PerformParts } from './perform';
import { createUserCards, type UserCards } from './user-cards';

/**
 * The member-card product as typed functions. Single reads answer `undefined` where WeChat Pay says, under its
 * signature, that there is no such object. All reject with AppError.
 */
export interface MemberCards extends CardTemplates, UserCards, MemberServices, MembershipActivities, Images {
  /** The bucket that a call of this interface for this brand spends. */
  bucketOf(name: InterfaceName, brandId: string): Bucket;
}

export interface MemberCardsParts extends PerformParts {
  readonly names: Names;
}

export const createMemberCards = ({ names, ...parts }: MemberCardsParts): MemberCards => {
  const { perform, dispatch, bucketOf } = createPerform(parts);
  return {
    ...createCardTemplates(perform, names),
    ...createUserCards(perform, names),
    ...createMemberServices(perform, names),
    ...createMembershipActivities(perform, names),
    ...createImages(dispatch),
    bucketOf,
  };
};
