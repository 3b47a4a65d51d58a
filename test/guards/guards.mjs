import { accessGuards } from './list/access.mjs';
import { auditGuards } from './list/audit.mjs';
import { bulkFileGuards } from './list/bulk-files.mjs';
import { cacheGuards } from './list/cache.mjs';
import { bulkGuards } from './list/bulk.mjs';
import { consoleGuards } from './list/console.mjs';
import { databaseGuards } from './list/database.mjs';
import { descriptionGuards } from './list/descriptions.mjs';
import { directoryGuards } from './list/directory.mjs';
import { eventGuards } from './list/events.mjs';
import { federationGuards } from './list/federation.mjs';
import { limiterGuards } from './list/limiter.mjs';
import { operatingGuards } from './list/operating.mjs';
import { processGuards } from './list/process.mjs';
import { recordGuards } from './list/records.mjs';
import { requestGuards } from './list/requests.mjs';
import { ruleGuards } from './list/rules.mjs';
import { sandboxGuards } from './list/sandbox.mjs';
import { upstreamGuards } from './list/upstream.mjs';
import { webhookGuards } from './list/webhooks.mjs';

/**
 * Every guard of the server: its text (`find`, exactly once in `file`), the text without it (`replace`), the nearest test files
 * and, if these are slow, a pattern for the names of the tests that prove it (`only`).
 */
export const guards = [
  ...accessGuards,
  ...auditGuards,
  ...bulkFileGuards,
  ...cacheGuards,
  ...bulkGuards,
  ...consoleGuards,
  ...databaseGuards,
  ...descriptionGuards,
  ...directoryGuards,
  ...eventGuards,
  ...federationGuards,
  ...limiterGuards,
  ...operatingGuards,
  ...processGuards,
  ...recordGuards,
  ...requestGuards,
  ...ruleGuards,
  ...sandboxGuards,
  ...upstreamGuards,
  ...webhookGuards,
];
