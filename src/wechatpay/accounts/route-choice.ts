import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Call } from '../../traffic/calls/call';
import type { BrandSettings, Route } from '../settings';

export interface RouteChoice {
  /** The account that acts for the brand on one of the routes. Throws MISCONFIGURED if there is none. */
  of(brandId: string, allowed: readonly Route[]): Call['account'];
  /** Every account that may have made calls for the brand, preferred one first. */
  all(brandId: string): readonly Call['account'][];
  /** Called after a failure caused by the account. For one minute, brands on `auto` use another account if they can. */
  avoid(account: Call['account']): void;
}

export interface RouteChoiceDeps {
  /** The configured route of a brand; `undefined` if the brand is not configured. */
  readonly routeOf: (brandId: string) => BrandSettings['route'] | undefined;
  /** The id of the account with a credential for the brand on the route. */
  readonly accountIdOf: (route: Route, brandId: string) => string | undefined;
  readonly clock: Clock;
}

/** Longer than a read waits, shorter than fixing a credential takes, ms. */
const avoidMs = 60_000;

/** `auto` prefers the brand's own credential, because all brands of a partner share the partner's limit. */
const autoOrder: readonly Route[] = ['brand', 'partner'];

export const createRouteChoice = ({ routeOf, accountIdOf, clock }: RouteChoiceDeps): RouteChoice => {
  const avoidedUntil = new Map<string, number>();
  const keyOf = ({ route, id }: Call['account']): string => `${route}/${id}`;
  const isHealthy = (account: Call['account']): boolean =>
    clock.now() >= (avoidedUntil.get(keyOf(account)) ?? 0);

  const configured = (brandId: string, routes: readonly Route[]): readonly Call['account'][] =>
    routes.flatMap((route) => {
      const id = accountIdOf(route, brandId);
      return id === undefined ? [] : [{ route, id }];
    });

  const preferenceOf = (brandId: string): Route | 'auto' => {
    const preferred = routeOf(brandId);
    if (preferred === undefined) throw new AppError('NOT_FOUND', 'the brand is not configured');
    return preferred;
  };

  return {
    of(brandId, allowed) {
      const preferred = preferenceOf(brandId);
      // If the brand's preferred route lacks an interface, the other route is used when it has a credential.
      const fixed = preferred !== 'auto' && allowed.includes(preferred) ? preferred : allowed[0];
      const routes =
        preferred === 'auto' ? autoOrder.filter((route) => allowed.includes(route)) : fixed ? [fixed] : [];
      const candidates = configured(brandId, routes);
      const chosen = candidates.find(isHealthy) ?? candidates[0];
      if (chosen !== undefined) return chosen;
      throw withoutCredential(routes[0] ?? 'brand', brandId);
    },
    all(brandId) {
      const preferred = preferenceOf(brandId);
      const first = preferred === 'auto' ? [] : [preferred];
      return configured(brandId, [...new Set([...first, ...autoOrder])]);
    },
    avoid(account) {
      avoidedUntil.set(keyOf(account), clock.now() + avoidMs);
    },
  };
};

/** Names used in the configuration file. */
export const credentialNames: Readonly<Record<Route, string>> = {
  brand: 'an entry of brandCredentials',
  partner: 'partner',
};

const withoutCredential = (route: Route, brandId: string): AppError =>
  new AppError(
    'MISCONFIGURED',
    `this interface needs the ${route} route; configure ${credentialNames[route]} for brand ${brandId}`,
    {
      publicMessage: [
        `This operation needs WeChat Pay's ${route} route, for which the server has no credential.`,
        `该操作需要使用微信支付${route === 'partner' ? '服务商' : '品牌'}接口，但服务器未配置相应凭证。`,
      ],
    },
  );
