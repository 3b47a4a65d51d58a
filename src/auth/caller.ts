import { permissionsOf, type Permissions } from './permissions';
import type { CallerLane } from './settings';

/** The sender of a request. */
export interface Caller {
  /** Used in logs, in the audit log and for fairness in the limiter. Never a secret, never personal data. */
  readonly id: string;
  readonly permissions: Permissions;
  /** All its calls are background work, whatever its requests say. Default: each request chooses. */
  readonly lane?: CallerLane;
  /** When the credential ends, wall-clock ms; absent if it has no end. */
  readonly expiresAt?: number;
}

/**
 * The caller of a server without authentication. Such a server runs on loopback and against a sandbox only
 * (config/exposure.ts), so whoever reaches it has access to the machine.
 */
export const localCaller: Caller = {
  id: 'local',
  permissions: permissionsOf(['brand:*:write', 'brand:*:pii', 'admin']),
};
