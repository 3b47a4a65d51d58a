import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/errors';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toFirst } from '../../inputs/arguments';
import { pageOf } from '../../relay/connection';
import { toDateTime } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { AuditEntry, AuditEntryConnection, AuditEntryFilter, toAuditEntry } from './audit-entry.type';
import { decodePosition, encodePosition, toEntryFilter, toFileName } from './audit-filter';
import { AuditVerification, toAuditFile, verificationState } from './audit-verification.type';

@Resolver(() => AuditEntry)
export class AuditResolver {
  @Upstream()
  @Access('admin')
  @SemanticNonNull()
  @Query(() => AuditEntryConnection, {
    nullable: true,
    description:
      "What the audit files in this process's directory have recorded, newest first: outcomes, and intents without an outcome. Does not verify them. Calls nothing upstream. For callers with the scope admin.",
  })
  async auditEntries(
    @Arg('filter', () => AuditEntryFilter, { nullable: true }) filter: AuditEntryFilter | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<AuditEntryConnection> {
    const position = typeof after === 'string' ? decodePosition(after) : undefined;
    const { entries, next, unreadableLines, unreadableFiles } = await readerOf(context).entries({
      ...toEntryFilter(filter),
      after: position,
      count: toFirst(first ?? 20),
    });
    const edges = entries.map((entry) => ({ cursor: encodePosition(entry), node: toAuditEntry(entry) }));
    const page = pageOf(edges, { hasNextPage: next !== undefined, hasPreviousPage: position !== undefined });
    return {
      ...page,
      // The page may end behind records that are none of its entries.
      ...(next && { pageInfo: { ...page.pageInfo, endCursor: encodePosition(next) } }),
      searchedBackTo: next && toDateTime(next.at),
      unreadableLines,
      unreadableFiles,
    };
  }

  @Upstream()
  @Access('admin')
  @SemanticNonNull()
  @Query(() => AuditVerification, {
    nullable: true,
    description:
      "Verifies the audit files in this process's directory, as `npm run audit:verify` does. Does not notice that a whole file, or the end of one that is not closed, was removed. Calls nothing upstream. For callers with the scope admin.",
  })
  async auditVerification(
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<AuditVerification> {
    const page = await readerOf(context).verify({ count: toFirst(first ?? 20), after: toFileName(after) });
    const files = page.files.map((file) => toAuditFile(file));
    return {
      state: verificationState(files),
      files,
      fileCount: page.fileCount,
      pageInfo: {
        hasNextPage: page.hasMore,
        hasPreviousPage: typeof after === 'string',
        startCursor: files[0]?.fileName,
        endCursor: files.at(-1)?.fileName,
      },
    };
  }
}

/** Throws MISCONFIGURED if no audit files are written. */
const readerOf = ({ auditReader }: Context): NonNullable<Context['auditReader']> => {
  if (auditReader === undefined)
    throw new AppError('MISCONFIGURED', 'there are no audit files without the setting audit', {
      publicMessage: [
        "There are no audit files: without the setting audit, records are lines of the server's log.",
        '没有审计文件：未配置 audit 时，审计记录仅写入服务器日志。',
      ],
    });
  return auditReader;
};
