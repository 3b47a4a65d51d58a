import { Arg, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import { isFinal, type Operation, type RowState } from '../../../bulk/operation';
import type { ResultFile } from '../../../bulk/results';
import { AppError } from '../../../shared/errors';
import { Upstream } from '../../cost/upstream';
import type { BulkAccess, Context } from '../../execution/context';
import { toSlice } from '../../inputs/arguments';
import { toConnection } from '../../relay/connection';
import { DateTime, ID, toDateTime } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import {
  BulkCancelReason,
  BulkOperationKind,
  BulkOperationStatus,
  BulkPauseReason,
  BulkRowState,
} from './bulk-enums';
import {
  BulkOperation,
  BulkOperationOrder,
  BulkRowConnection,
  BulkRowCount,
  toBulkRow,
  toOrder,
  type BulkOperationSource,
} from './bulk-operation.type';

/** Rejects with MISCONFIGURED if the server has no database. */
export const bulkOf = ({ bulk }: Pick<Context, 'bulk'>): BulkAccess => {
  if (bulk === undefined)
    throw new AppError('MISCONFIGURED', 'bulk operations need the setting database', {
      publicMessage: [
        'This server has no database for bulk operations: its operator must set database.directory or database.url.',
        '服务器未配置批量任务所需的数据库，请运维人员设置 database.directory 或 database.url。',
      ],
    });
  return bulk;
};

const isShown = (state: RowState): boolean => state !== 'PENDING' && state !== 'SENT';

/** What may change while it runs is read for each request, so no response is stored. */
@Resolver(() => BulkOperation)
export class BulkOperationResolver {
  @Upstream()
  @FieldResolver(() => ID)
  id(@Root() { operation }: BulkOperationSource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'BulkOperation', brandId: operation.brandId, operationId: operation.id });
  }

  @Upstream()
  @FieldResolver(() => ID)
  brandId(@Root() { operation }: BulkOperationSource) {
    return operation.brandId;
  }

  @Upstream()
  @FieldResolver(() => ID, { description: 'Its id, without the brand.' })
  operationId(@Root() { operation }: BulkOperationSource) {
    return operation.id;
  }

  @Upstream()
  @FieldResolver(() => BulkOperationKind, { description: 'What it does with each row.' })
  kind(@Root() { operation }: BulkOperationSource) {
    return operation.kind;
  }

  @Upstream()
  @FieldResolver(() => BulkOperationStatus, { description: 'Its state.' })
  status(@Root() { operation }: BulkOperationSource) {
    return operation.status;
  }

  @Upstream()
  @FieldResolver(() => BulkPauseReason, { nullable: true, description: 'Why it is PAUSED; null otherwise.' })
  pauseReason(@Root() { operation }: BulkOperationSource) {
    return operation.status === 'PAUSED' ? operation.reason : undefined;
  }

  @Upstream()
  @FieldResolver(() => BulkCancelReason, {
    nullable: true,
    description: 'Why it is CANCELED; null otherwise.',
  })
  cancelReason(@Root() { operation }: BulkOperationSource) {
    return operation.cancelReason;
  }

  @Upstream()
  @FieldResolver(() => BulkOperationOrder, { description: 'How it was ordered.' })
  order(@Root() { operation }: BulkOperationSource) {
    return toOrder(operation);
  }

  @Upstream()
  @FieldResolver(() => Int, { description: 'Rows of the file.' })
  total(@Root() { operation }: BulkOperationSource) {
    return operation.total;
  }

  @Upstream()
  @SemanticNonNull()
  @FieldResolver(() => Int, { nullable: true, description: 'Rows that are final.' })
  async done(@Root() { operation }: BulkOperationSource, @Ctx() context: Context) {
    const counts = await bulkOf(context).operations.counts(operation.id);
    return counts.reduce((sum, { state, count }) => sum + (isShown(state) ? count : 0), 0);
  }

  @Upstream()
  @SemanticNonNull()
  @FieldResolver(() => [BulkRowCount], {
    nullable: true,
    description: 'Rows by state and code. Rows of a file that is still read are not in it.',
  })
  counts(@Root() { operation }: BulkOperationSource, @Ctx() context: Context) {
    return bulkOf(context).operations.counts(operation.id);
  }

  @Upstream()
  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Rows that ended per second, in the last minute. Null if it does not run.',
  })
  ratePerSecond(@Root() { operation }: BulkOperationSource) {
    return operation.rate;
  }

  @Upstream()
  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'When its last row ends at this rate, without regard to its daily window. Null if it is not known.',
  })
  async estimatedEndTime(@Root() { operation }: BulkOperationSource, @Ctx() context: Context) {
    if (operation.rate === undefined || operation.rate <= 0) return undefined;
    const counts = await bulkOf(context).operations.counts(operation.id);
    const open = counts.reduce((sum, { state, count }) => sum + (isShown(state) ? 0 : count), 0);
    return toDateTime(context.now() + (open / operation.rate) * 1_000);
  }

  @Upstream()
  @FieldResolver(() => DateTime, { description: 'When it was created.' })
  createTime(@Root() { operation }: BulkOperationSource) {
    return toDateTime(operation.createdAt);
  }

  @Upstream()
  @FieldResolver(() => DateTime, { nullable: true, description: 'When its rows had been read; null before.' })
  startTime(@Root() { operation }: BulkOperationSource) {
    return timeOf(operation.startedAt);
  }

  @Upstream()
  @FieldResolver(() => DateTime, { nullable: true, description: 'When it ended; null before.' })
  finishTime(@Root() { operation }: BulkOperationSource) {
    return timeOf(operation.finishedAt);
  }

  @Upstream()
  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When its rows and results are erased; null before it has ended.',
  })
  expireTime(@Root() { operation }: BulkOperationSource) {
    return timeOf(operation.expiresAt);
  }

  @Upstream()
  @SemanticNonNull()
  @FieldResolver(() => BulkRowConnection, {
    nullable: true,
    description: 'Its rows, in the order of the file.',
  })
  async rows(
    @Root() { operation }: BulkOperationSource,
    @Arg('state', () => BulkRowState, { nullable: true }) state: RowState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ) {
    const slice = toSlice(first ?? 20, after);
    const { items, total } = await bulkOf(context).operations.rows(operation.id, {
      ...slice,
      state: state ?? undefined,
    });
    return toConnection({ items: items.map(toBulkRow), offset: slice.offset, totalCount: total });
  }

  @Upstream()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Path of the file of results: GET it with write and pii for the brand. It is CSV; with &format=xlsx or &format=jsonl behind it, another one. Null while the file is read, and after expireTime.',
  })
  resultsPath(@Root() { operation }: BulkOperationSource, @Ctx() { nodeIds, now }: Context) {
    return pathOf(operation, nodeIds, now(), 'results');
  }

  @Upstream()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The same for the rows that failed, with their own columns and by default in the format of the uploaded file: mend it and upload it again.',
  })
  failedRowsPath(@Root() { operation }: BulkOperationSource, @Ctx() { nodeIds, now }: Context) {
    return pathOf(operation, nodeIds, now(), 'failed');
  }

  @Upstream()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The same for the differences that COMPARE has found: UPDATE_USER_CARDS takes the file as it is. Null for other kinds.',
  })
  differencesPath(@Root() { operation }: BulkOperationSource, @Ctx() { nodeIds, now }: Context) {
    return operation.kind === 'COMPARE' ? pathOf(operation, nodeIds, now(), 'differences') : undefined;
  }
}

const pathOf = (
  operation: Operation,
  nodeIds: Context['nodeIds'],
  now: number,
  file: ResultFile,
): string | undefined => {
  const { brandId, id, status, expiresAt } = operation;
  if (status === 'VALIDATING' || (isFinal(status) && (expiresAt ?? 0) <= now)) return undefined;
  const name = nodeIds.encode({ kind: 'BulkOperation', brandId, operationId: id });
  return `/bulk/results?operation=${name}&rows=${file}`;
};

const timeOf = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : toDateTime(time);
