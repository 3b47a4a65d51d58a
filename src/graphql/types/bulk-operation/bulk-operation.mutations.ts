import { Arg, Ctx, Resolver } from 'type-graphql';
import type { Operation } from '../../../bulk/operation';
import type { Operations } from '../../../bulk/operations';
import type { Texts } from '../../../shared/language';
import type { Context } from '../../execution/context';
import { unknownObject } from '../../execution/mutate';
import { keyOf, pathInInput } from '../../inputs/object-ref';
import { BulkMutation, done, refused, userError, type BulkPayload } from './bulk-mutation';
import {
  BulkOperationCreateInput,
  BulkOperationInput,
  BulkOperationRetryInput,
} from './bulk-operation.input';
import { bulkOf } from './bulk-operation.resolver';
import { directoryOf } from '../members-directory/brand-directory.resolver';
import { readOrder } from './read-order';

/** Changes one operation in a brand that the caller may write to. What its status does not allow changes nothing. */
const change = async (
  input: BulkOperationInput,
  context: Context,
  act: (operations: Operations, operation: Operation) => Promise<Operation | undefined>,
): Promise<BulkPayload> => {
  const { brands, nodeIds, language } = context;
  const key = keyOf('BulkOperation', input.bulkOperation, nodeIds);
  const unknown = refused([unknownObject(pathInInput('operationId', input), language)]);
  if (key === undefined || !brands.isWritable(key.brandId)) return unknown;
  const { operations } = bulkOf(context);
  const operation = await operations.find(key.brandId, key.operationId);
  if (operation === undefined) return unknown;
  return done((await act(operations, operation)) ?? operation);
};

/** The writes of bulk operations. */
@Resolver()
export class BulkOperationMutations {
  @BulkMutation(
    ['INVALID', 'REQUIRED', 'DATE_TIME_MALFORMED', 'NOT_FOUND'],
    'Begins a bulk operation over an uploaded file. Its rows are carried out in the background, each by the mutation of its kind, behind all other calls, and exactly once in effect. ' +
      'It may do what the caller may do: if a key of the caller is revoked, it pauses. 创建批量任务。',
  )
  async bulkOperationCreate(
    @Arg('input') input: BulkOperationCreateInput,
    @Ctx() context: Context,
  ): Promise<BulkPayload> {
    const { brands, nodeIds, language, callerId, permissions } = context;
    const template = keyOf('CardTemplate', input.cardTemplate, nodeIds);
    if (template === undefined || !brands.isWritable(template.brandId))
      return refused([unknownObject(pathInInput('brandId', input), language)]);
    const { operations, uploads } = bulkOf(context);
    const { brandId, cardId } = template;
    if (input.kind === 'RECORD_MEMBERS') directoryOf(brandId, context);
    const upload = await uploads.find(input.fileId);
    if (upload === undefined) {
      // A repeated order finds its operation although its file has expired.
      const key = { brandId, createdBy: callerId, idempotencyKey: input.idempotencyKey };
      const existing = await operations.findByKey(key);
      if (existing?.fileId === input.fileId) return done(existing);
    }
    if (upload?.brandId !== brandId)
      return refused([userError(language, ['fileId'], 'NOT_FOUND', unknownFile)]);
    const { problems, mapping, defaults, dailyWindow, notBefore } = readOrder(input, upload, language);
    if (problems.length > 0) return refused(problems);
    const created = await operations.create({
      brandId,
      kind: input.kind,
      createdBy: callerId,
      scopes: permissions.scopes.join(' '),
      language,
      settings: { cardId, mapping, defaults, columns: upload.columns },
      onExisting: input.onExisting ?? 'SKIP',
      dryRun: input.dryRun ?? false,
      notBefore,
      dailyWindow,
      maxPerSecond: input.maxPerSecond ?? undefined,
      maxRowsPerDay: input.maxRowsPerDay ?? undefined,
      idempotencyKey: input.idempotencyKey,
      upload,
    });
    return created === 'keyUsed'
      ? refused([userError(language, ['idempotencyKey'], 'INVALID', usedKey)])
      : done(created);
  }

  @BulkMutation(
    ['NOT_FOUND'],
    'Pauses an operation; rows under way end. One that does not run stays as it is. 暂停批量任务。',
  )
  bulkOperationPause(@Arg('input') input: BulkOperationInput, @Ctx() context: Context) {
    return change(input, context, (operations, { id }) => operations.pause(id));
  }

  @BulkMutation(['NOT_FOUND'], 'Goes on with a paused operation. Any other stays as it is. 继续批量任务。')
  bulkOperationResume(@Arg('input') input: BulkOperationInput, @Ctx() context: Context) {
    return change(input, context, (operations, { id }) => operations.resume(id));
  }

  @BulkMutation(
    ['NOT_FOUND'],
    'Ends an operation: rows that were not sent are CANCELED. One that has ended stays as it is. 取消批量任务。',
  )
  bulkOperationCancel(@Arg('input') input: BulkOperationInput, @Ctx() context: Context) {
    return change(input, context, (operations, { id }) => operations.cancel(id));
  }

  @BulkMutation(
    ['NOT_FOUND'],
    'Sends rows of an operation again. If it has none to send, or was canceled, it stays as it is. 重试批量任务中的行。',
  )
  bulkOperationRetry(@Arg('input') input: BulkOperationRetryInput, @Ctx() context: Context) {
    const states = input.states.filter((state) => state === 'FAILED' || state === 'UNKNOWN');
    return change(input, context, (operations, { id }) => operations.retry(id, states));
  }
}

const unknownFile: Texts = [
  'fileId names no file that was uploaded for this brand, or the file has been erased since; upload it again.',
  'fileId 不是为该品牌上传的文件，或该文件已过期清除，请重新上传。',
];
const usedKey: Texts = [
  'idempotencyKey was used for another order; use another key.',
  'idempotencyKey 已用于其他任务，请更换。',
];
