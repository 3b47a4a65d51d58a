import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { Access } from '../access/access';
import { orNoCost, sumOf } from '../cost/field-costs';
import { Upstream, type FieldUse } from '../cost/upstream';
import type { Context } from '../execution/context';
import { checkCount } from '../inputs/arguments';
import type { NodeSource } from '../relay/node.type';
import { nodeCost, nodeReads, readNode } from '../types/read-node';
import { Any } from './any.scalar';
import { Entity } from './entity.type';
import { refOf } from './representation';
import { Service } from './service.type';

/** What Apollo Federation 2 asks of a subgraph. Names and nullability are those of its specification. */
@Resolver()
export class FederationResolver {
  @Upstream(
    nodeReads,
    ({ args: { representations } }: FieldUse<{ representations: readonly unknown[] }>, deps) =>
      sumOf(representations.map((one) => orNoCost(() => nodeCost(refOf(one, deps), deps)))),
  )
  @Access('read')
  @Query(() => [Entity], {
    name: '_entities',
    nullable: 'items',
    description:
      'Objects for a gateway, one entry per representation, in the same order. Null if there is no such object, or the caller may not read it. An object that cannot be read is null, with an error at its path; the others are still returned.',
  })
  entities(
    @Arg('representations', () => [Any]) representations: unknown[],
    @Ctx() context: Context,
  ): readonly Promise<NodeSource | undefined>[] {
    checkCount('representations', representations);
    // A list of promises, not one promise of a list: each entry fails alone.
    return representations.map(async (one) => readNode(refOf(one, context), context));
  }

  @Upstream()
  @Access('anyone')
  @Query(() => Service, {
    name: '_service',
    description: 'This schema as a subgraph, for composition. Who may read it may also use introspection.',
  })
  service(): object {
    return {};
  }
}
