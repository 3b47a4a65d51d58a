import type { Texts } from '../../shared/language';
import type { Call } from '../../traffic/calls/call';
import type { Route } from '../settings';

/** Which credentials WeChat Pay accepts, by their last use. */
export interface CredentialStates {
  /** Called when WeChat Pay refused the credential (401). `hint`: which setting to look at. */
  refused(account: Call['account'], hint?: Texts): void;
  /** Called when WeChat Pay accepted the credential. */
  accepted(account: Call['account']): void;
  /** Credentials that were refused when last used, by route. Routes without one are left out. */
  refusedCredentials(): readonly RefusedCredentials[];
}

export interface RefusedCredentials {
  readonly route: Route;
  /** The brand_ids, or the mchid, of the refused ones. */
  readonly ids: readonly string[];
  /** Number of credentials on the route. */
  readonly configured: number;
  /** Which setting to look at, for the first of them. */
  readonly hint: Texts | undefined;
}

/** `ids`: the configured credentials by route. */
export const createCredentialStates = (
  ids: Readonly<Record<Route, () => readonly string[]>>,
): CredentialStates => {
  const hints = {
    partner: new Map<string, Texts | undefined>(),
    brand: new Map<string, Texts | undefined>(),
  };
  return {
    refused({ route, id }, hint) {
      hints[route].set(id, hint);
    },
    accepted({ route, id }) {
      hints[route].delete(id);
    },
    refusedCredentials: () =>
      (['partner', 'brand'] as const).flatMap((route) => {
        const configured = ids[route]();
        const refused = configured.filter((id) => hints[route].has(id));
        const [first] = refused;
        if (first === undefined) return [];
        return [{ route, ids: refused, configured: configured.length, hint: hints[route].get(first) }];
      }),
  };
};
