import { Extensions } from 'type-graphql';
import {
  brandActions,
  serverScopes,
  type BrandAction,
  type Permissions,
  type ServerScope,
} from '../../auth/permissions';

/**
 * What a caller needs to use a root field: an action in at least one brand, a scope of the server, or only a valid credential.
 * For staff; member-access.ts has the rules of members.
 */
export type AccessRule = BrandAction | ServerScope | 'anyone';

/**
 * The rule of a root field; without one nobody may use it (access-guard.ts). Whether the caller may access a particular brand
 * is checked where its data is read.
 */
export const Access = (access: AccessRule) => Extensions({ access });

export const ruleOf = ({ access }: Readonly<Record<string, unknown>>): AccessRule | undefined =>
  [...brandActions, ...serverScopes, 'anyone' as const].find((rule) => rule === access);

export const meets = (rule: AccessRule, permissions: Permissions): boolean => {
  if (rule === 'anyone') return true;
  return rule === 'schema:read' || rule === 'admin' ? permissions.has(rule) : permissions.mayAnywhere(rule);
};
