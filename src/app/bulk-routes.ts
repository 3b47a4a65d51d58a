import { randomBytes } from 'node:crypto';
import { withAudit } from '../audit/with-audit';
import type { Caller } from '../auth/caller';
import { guessColumns } from '../bulk/files/guess-columns';
import { bulkKinds } from '../bulk/files/kinds';
import { previewRows } from '../bulk/files/mask';
import { openTable } from '../bulk/files/open-table';
import { namedRefusal } from '../graphql/refusals/upstream-user-errors';
import type { ErrorReport } from '../server/graphql/format-error';
import { createOperationStats, type OperationStats } from '../server/graphql/operation-stats';
import type { CallerHandler } from '../server/http/authenticate';
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
    newErrorId: () => randomBytes(8).toString('hex'),
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
            if (bulk === undefined)
              throw new AppError('MISCONFIGURED', 'bulk operations need the setting database');
            const table = await openTable(bytes, hint);
            const stored = await bulk.uploads.store(table, { brandId, createdBy: caller.id });
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
