import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { Access } from '../access/access';
import { sumOf } from '../cost/field-costs';
import { Upstream, type FieldUse } from '../cost/upstream';
import type { Context } from '../execution/context';
import { checkCount } from '../inputs/arguments';
import { Node } from '../relay/node.type';
import { ID } from '../values/scalars';
import { SemanticNonNull } from '../values/semantic-non-null';
import { nodeCost, nodeReads, readNode } from './read-node';

@Resolver()
export class NodeResolver {
  @Upstream(nodeReads, ({ args: { id } }: FieldUse<{ id: string }>, deps) =>
    nodeCost(deps.nodeIds.decode(id), deps),
  )
  @Access('read')
  @Query(() => Node, { nullable: true })
  node(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    return readNode(context.nodeIds.decode(id), context);
  }

  @Upstream(nodeReads, ({ args: { ids } }: FieldUse<{ ids: readonly string[] }>, deps) =>
    sumOf(ids.map((id) => nodeCost(deps.nodeIds.decode(id), deps))),
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
    return ids.map((id) => readNode(context.nodeIds.decode(id), context));
  }
}
