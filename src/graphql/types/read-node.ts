import { brandsCost, objectCost } from '../cost/field-costs';
import { noCost, type FieldCost } from '../cost/planned-call';
import type { PlanDeps } from '../cost/upstream';
import type { Context } from '../execution/context';
import type { NodeRef } from '../relay/node-id';
import type { NodeSource } from '../relay/node.type';
import { toBrand } from './brand/brand.resolver';
import { toCardTemplate } from './card-template/card-template.type';
import { toMembershipActivity } from './membership-activity/membership-activity.type';
import { toUserCard } from './user-card/user-card.type';

/** The interfaces that `readNode` may call. */
export const nodeReads = ['GET_CARD_TEMPLATE', 'GET_USER_CARD', 'GET_MEMBERSHIP_ACTIVITY'] as const;

/** What `readNode` calls. */
export const nodeCost = (ref: NodeRef | undefined, deps: PlanDeps): FieldCost<(typeof nodeReads)[number]> => {
  switch (ref?.kind) {
    case undefined:
      return noCost;
    case 'Brand':
      return brandsCost([ref.brandId], deps);
    case 'CardTemplate':
      return objectCost({ kind: 'cardTemplate', ref }, deps);
    case 'UserCard':
      return objectCost({ kind: 'userCard', ref }, deps);
    case 'MembershipActivity':
      return objectCost({ kind: 'membershipActivity', ref }, deps);
  }
};

/** An object of any type. `undefined` if it does not exist, or the caller may not read its brand. */
export const readNode = async (
  ref: NodeRef | undefined,
  { brands, loaders }: Context,
): Promise<NodeSource | undefined> => {
  if (ref === undefined || brands.get(ref.brandId) === undefined) return undefined;
  switch (ref.kind) {
    case 'Brand':
      return toBrand(brands.get(ref.brandId));
    case 'CardTemplate': {
      const read = await loaders.cardTemplate({ brandId: ref.brandId, cardId: ref.cardId });
      return read && toCardTemplate(read);
    }
    case 'MembershipActivity': {
      const { brandId, activityId } = ref;
      const read = await loaders.membershipActivity({ brandId, activityId });
      return read && toMembershipActivity(read);
    }
    case 'UserCard': {
      const { kind: _, ...key } = ref;
      const read = await loaders.userCard(key);
      return read && toUserCard(read);
    }
  }
};
