import type { Config } from '../config/config';
import { isLoopback, isSandboxed } from '../config/exposure';
import { createPageOrigins, type PageOrigins } from '../server/http/page-origin';

/** The pages that may call the server. */
export const pageOriginsOf = (config: Config): PageOrigins =>
  createPageOrigins({
    origins: config.http.corsOrigins,
    // Made-up data: a frontend's development server may call.
    alsoAllows: isSandboxed(config) ? isLoopback : undefined,
  });
