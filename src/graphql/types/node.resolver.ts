import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { toBrand } from './brand/brand.resolver';
import { toCardTemplate } from './card-template/card-template.type';
import { Access } from '../access/access';
import { checkCount } from '../inputs/arguments';
import { Node, type NodeSource } from '../relay/node.type';
import { brandsCost, objectCost, sumOf } from '../cost/field-costs';
import { noCost, type FieldCost } from '../cost/planned-call';
import { Upstream, type FieldUse, type PlanDeps } from '../cost/upstream';
import type { Context } from '../execution/context';
import { toBulkOperation } from './bulk-operation/bulk-operation.type';
import { toMembershipActivity } from './membership-activity/membership-activity.type';
import { toUserCard } from './user-card/user-card.type';
import { ID } from '../values/scalars';
import { SemanticNonNull } from '../values/semantic-non-null';

const objectReads = ['GET_CARD_TEMPLATE', 'GET_USER_CARD', 'GET_MEMBERSHIP_ACTIVITY'] as const;

const nodeCost = (id: string, deps: PlanDeps): FieldCost<(typeof objectReads)[number]> => {
  const ref = deps.nodeIds.decode(id);
  switch (ref?.kind) {
    case undefined:
    case 'BulkOperation':
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

@Resolver()
export class NodeResolver {
  @Upstream(objectReads, ({ args: { id } }: FieldUse<{ id: string }>, deps) => nodeCost(id, deps))
  @Access('read')
  @Query(() => Node, { nullable: true })
  node(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    return loadNode(id, context);
  }

  @Upstream(objectReads, ({ args: { ids } }: FieldUse<{ ids: readonly string[] }>, deps) =>
    sumOf(ids.map((id) => nodeCost(id, deps))),
  )
  @Access('read')
  @SemanticNonNull()
  @Query(() => [Node], {
    nullable: 'itemsAndList',
    description:
      'One entry per id, in the same order. Null if there is no such object, or the caller may not read it.',
  })
  nodes(@Arg('ids', () => [ID]) ids: string[], @Ctx() context: Context) {
    checkCount('ids', ids);
    return ids.map((id) => loadNode(id, context));
  }
}

const loadNode = async (
  id: string,
  { nodeIds, brands, loaders, bulk }: Context,
): Promise<NodeSource | undefined> => {
  const ref = nodeIds.decode(id);
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
    case 'BulkOperation': {
      const operation = await bulk?.operations.find(ref.brandId, ref.operationId);
      return operation && toBulkOperation(operation);
    }
    case 'UserCard': {
      const { kind: _, ...key } = ref;
      const read = await loaders.userCard(key);
      return read && toUserCard(read);
    }
  }
};
