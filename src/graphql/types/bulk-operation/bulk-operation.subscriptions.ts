import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import type { OperationUpdate } from '../../../bulk/follow-operations';
import { AppError } from '../../../shared/errors';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { ID } from '../../values/scalars';
import { BulkOperation, toBulkOperation } from './bulk-operation.type';
import { bulkOf } from './bulk-operation.resolver';

const unknownOperation = (): AppError =>
  new AppError('NOT_FOUND', 'a subscription of a bulk operation that the caller cannot read', {
    publicMessage: [
      'There is no such bulk operation in a brand that you may read.',
      '您可查看的品牌下没有该批量任务。',
    ],
  });

const start = async (id: string, context: Context): Promise<AsyncIterable<OperationUpdate>> => {
  const key = context.nodeIds.decode(id);
  if (key?.kind !== 'BulkOperation' || context.brands.get(key.brandId) === undefined)
    throw unknownOperation();
  const updates = await bulkOf(context).follow(key.brandId, key.operationId);
  if (updates === undefined) throw unknownOperation();
  return updates;
};

/** The progress of bulk operations. */
@Resolver()
export class BulkOperationSubscriptions {
  @Upstream()
  @Access('read')
  @Subscription(() => BulkOperation, {
    subscribe: async ({ args, context }) => start((args as { id: string }).id, context as Context),
    description:
      'A bulk operation as it is now, and then after each change, at most once per second. It completes when the operation and all of its rows are final. ' +
      'There is no position to resume at: a new subscription begins with the present state.',
  })
  bulkOperationUpdated(
    @Root() { operation }: OperationUpdate,
    @Arg('id', () => ID, { description: 'Its global id, from the field `id`.' }) _id: string,
    @Ctx() { brands }: Context,
  ) {
    // A permission can be revoked while the stream is open, so each update gets a new context.
    if (brands.get(operation.brandId) === undefined) throw unknownOperation();
    return toBulkOperation(operation);
  }
}
