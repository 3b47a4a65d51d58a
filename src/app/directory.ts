import type { OperationAudit } from '../audit/operation-audit';
import type { Config } from '../config/config';
import type { Database } from '../database/database';
import type { Observability } from './observability';
import { createDirectory, type DirectoryDeps, type OpenDirectory } from '../directory/directory';

export interface OpenDirectoryDeps extends Omit<
  DirectoryDeps,
  'database' | 'brandIds' | 'retainDays' | 'idsKey' | 'recordEnd' | 'onLost'
> {
  readonly config: Pick<Config, 'directory' | 'ids'>;
  readonly database: Database | undefined;
  readonly auditOf: (caller: string) => OperationAudit;
  readonly observability: Pick<Observability, 'onDirectoryLost'>;
}

/** Cannot be the name of a real caller: those contain a colon, or are `local`. */
const caller = 'retention';

/** The members' directory; `undefined` if none is configured. */
export const openDirectory = ({
  config,
  database,
  auditOf,
  observability,
  ...deps
}: OpenDirectoryDeps): OpenDirectory | undefined => {
  if (config.directory === undefined || database === undefined) return undefined;
  const audit = auditOf(caller);
  return createDirectory({
    ...deps,
    ...config.directory,
    database,
    idsKey: config.ids.key,
    onLost: observability.onDirectoryLost,
    recordEnd(brandId, before) {
      audit.record({
        kind: 'MUTATION',
        brandId,
        operation: 'endOfRetention',
        target: [new Date(before).toISOString()],
        fields: [],
        outcome: 'OK',
      });
    },
  });
};
