import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toSlice } from '../../inputs/arguments';
import { toConnection } from '../../relay/connection';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { Brand, type BrandSource } from '../brand/brand.type';
import { bulkOf } from './bulk-operation.resolver';
import { BulkOperationConnection, toBulkOperation } from './bulk-operation.type';

@Resolver(() => Brand)
export class BrandBulkOperationsResolver {
  @Upstream()
  @SemanticNonNull()
  @FieldResolver(() => BulkOperationConnection, {
    nullable: true,
    description: 'The bulk operations of the brand, the newest first.',
  })
  async bulkOperations(
    @Root() { brandId }: BrandSource,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ) {
    const slice = toSlice(first ?? 20, after);
    const { items, total } = await bulkOf(context).operations.list(brandId, slice);
    return toConnection({ items: items.map(toBulkOperation), offset: slice.offset, totalCount: total });
  }
}
