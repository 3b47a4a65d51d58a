import { randomBytes } from 'node:crypto';
import { withAudit } from '../audit/with-audit';
import type { Caller } from '../auth/caller';
import { guessColumns } from '../bulk/files/guess-columns';
import { bulkKinds } from '../bulk/files/kinds';
import { previewRows } from '../bulk/files/mask';
import { formats } from '../bulk/files/recognise';
import { openTable } from '../bulk/files/open-table';
import { contentTypes } from '../bulk/files/write/write-table';
import { resultFiles, resultFormatOf, streamResults } from '../bulk/results';
import type { NodeIds } from '../graphql/relay/node-id';
import { namedRefusal } from '../graphql/refusals/upstream-user-errors';
import type { ErrorReport } from '../server/graphql/format-error';
import { createOperationStats, type OperationStats } from '../server/graphql/operation-stats';
import type { CallerHandler } from '../server/http/authenticate';
import { createFileDownload } from '../server/routes/file-download';
import { createBulkUpload } from '../server/routes/bulk-upload';
import { AppError } from '../shared/errors';
import { textIn } from '../shared/language';
import type { Bulk } from './bulk';
import type { CallerIdentity } from './identity';

export interface BulkRoutesDeps {
  /** Absent: the server has no database. */
  readonly bulk: Bulk | undefined;
  readonly identityOf: (caller: Caller, stats: OperationStats) => CallerIdentity;
  readonly report: (report: ErrorReport) => void;
}

/** Handles `POST /bulk/files`: reads a table, stores its rows sealed, and shows what they look like. */
export const createBulkFilesRoute = ({ bulk, identityOf, report }: BulkRoutesDeps): CallerHandler => {
  const handle = createBulkUpload({
    nameRefusal: namedRefusal,
    newErrorId,
    report,
  });
  return (request, response, caller) => {
    const { scope, context } = identityOf(caller, createOperationStats());
    return handle(request, response, {
      permissions: caller.permissions,
      mayWrite: (brandId) => scope.canAccess(brandId, 'write', 'brand'),
      store: ({ brandId, bytes, language, ...hint }) =>
        withAudit(
          async () => {
            const { uploads } = bulkIn(bulk);
            const table = await openTable(bytes, hint);
            const stored = await uploads.store(table, { brandId, createdBy: caller.id });
            const { columns, firstRows } = stored;
            const nameOf = (index: number): string => columns[index] ?? '';
            return {
              fileId: stored.id,
              format: stored.format,
              encoding: table.encoding(),
              columns,
              rowCount: stored.rowCount,
              expireTime: new Date(stored.expiresAt).toISOString(),
              kinds: Object.fromEntries(
                bulkKinds.map((kind) => {
                  const { mapping, missing, ambiguous } = guessColumns(columns, kind);
                  return [
                    kind,
                    {
                      columns: Object.entries(mapping).map(([column, at]) => ({
                        column,
                        header: nameOf(at),
                      })),
                      missing,
                      ambiguous: ambiguous.map(({ column }) => column),
                    },
                  ];
                }),
              ),
              preview: previewRows(columns, firstRows).map(({ number, cells, problem }) => ({
                number,
                cells,
                ...(problem === undefined
                  ? {}
                  : { problem: { code: problem.code, message: textIn(language, problem.texts) } }),
              })),
            };
          },
          {
            audit: context.audit,
            of: { brandId, operation: 'uploadBulkFile', target: [], fields: [] },
            requestIds: context.requestIds,
          },
        ),
    });
  };
};

/** Handles `GET /bulk/results?operation=…&rows=results|failed|differences&format=csv|jsonl|xlsx`. Needs `write` and `pii`, and each download is recorded. */
export const createBulkResultsRoute = ({
  bulk,
  nodeIds,
  identityOf,
  report,
}: BulkResultsDeps): CallerHandler => {
  const download = createFileDownload({ nameRefusal: namedRefusal, newErrorId, report });
  return (request, response, caller) => {
    const { context } = identityOf(caller, createOperationStats());
    const { permissions } = caller;
    return download(request, response, {
      permissions,
      async open({ target: { searchParams: parameters } }) {
        const ref = nodeIds.decode(parameters.get('operation') ?? '');
        const file = choiceOf(parameters, 'rows', resultFiles) ?? 'results';
        const asked = choiceOf(parameters, 'format', formats);
        if (ref?.kind !== 'BulkOperation' || !permissions.may('write', ref.brandId)) throw unknownOperation();
        if (!permissions.may('pii', ref.brandId))
          throw new AppError(
            'FORBIDDEN',
            'a file of results has personal data, which the caller may not read',
          );
        const operation = await bulkIn(bulk).operations.find(ref.brandId, ref.operationId);
        const isOver = (operation?.expiresAt ?? Infinity) <= bulkIn(bulk).now();
        if (operation === undefined || isOver || operation.status === 'VALIDATING') throw unknownOperation();
        // First, so that nobody reads what could not be recorded.
        context.audit.record({
          kind: 'DECRYPTION',
          brandId: ref.brandId,
          operation: 'bulkResults',
          target: [operation.id],
          fields: [file],
          outcome: 'OK',
        });
        const format = asked ?? resultFormatOf(operation, file);
        return {
          fileName: `${file}-${operation.id}.${format}`,
          contentType: contentTypes[format],
          chunks: streamResults(operation, { file, format }, bulkIn(bulk)),
        };
      },
    });
  };
};

export interface BulkResultsDeps extends BulkRoutesDeps {
  readonly nodeIds: Pick<NodeIds, 'decode'>;
}

/** The value of a parameter; `undefined` if it is absent. */
const choiceOf = <Choice extends string>(
  parameters: URLSearchParams,
  name: string,
  choices: readonly Choice[],
): Choice | undefined => {
  const value = parameters.get(name);
  const chosen = choices.find((choice) => choice === value);
  if (value === null || chosen !== undefined) return chosen;
  throw new AppError('BAD_USER_INPUT', `an unknown value of ${name}`, {
    publicMessage: [
      `${name} must be one of ${choices.join(', ')}.`,
      `${name} 须为 ${choices.join('、')} 之一。`,
    ],
  });
};

const newErrorId = (): string => randomBytes(8).toString('hex');

const bulkIn = (bulk: Bulk | undefined): Bulk => {
  if (bulk === undefined) throw new AppError('MISCONFIGURED', 'bulk operations need the setting database');
  return bulk;
};

const unknownOperation = (): AppError =>
  new AppError('NOT_FOUND', 'a file of results that does not exist or that the caller may not read', {
    publicMessage: [
      'There is no such bulk operation in a brand that you may write to, or its results have expired.',
      '您可操作的品牌下没有该批量任务，或其结果已过期。',
    ],
  });
