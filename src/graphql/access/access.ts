import { Extensions } from 'type-graphql';
import {
  brandActions,
  serverScopes,
  type BrandAction,
  type Permissions,
  type ServerScope,
} from '../../auth/permissions';

/** What a caller needs to use a root field: an action in at least one brand, or a scope of the server. */
export type AccessRule = BrandAction | ServerScope;

/**
 * The rule of a root field; without one nobody may use it (access-guard.ts). Whether the caller may access a particular brand
 * is checked where its data is read.
 */
export const Access = (access: AccessRule) => Extensions({ access });

export const ruleOf = ({ access }: Readonly<Record<string, unknown>>): AccessRule | undefined =>
  [...brandActions, ...serverScopes].find((rule) => rule === access);

export const meets = (rule: AccessRule, permissions: Permissions): boolean =>
  rule === 'schema:read' || rule === 'admin' ? permissions.has(rule) : permissions.mayAnywhere(rule);
