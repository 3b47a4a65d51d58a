import { permissionsOf, type Permissions } from './permissions';

/** Who sent a request. */
export interface Caller {
  /** Stands in logs, in the audit and as the limiter's key of fairness. Never a secret, never personal data. */
  readonly id: string;
  readonly permissions: Permissions;
}

/**
 * The caller of a server without authentication, which runs on loopback against a stand-in only (config/exposure.ts):
 * whoever reaches it owns the machine.
 */
export const localCaller: Caller = {
  id: 'local',
  permissions: permissionsOf(['brand:*:write', 'brand:*:pii', 'admin']),
};
