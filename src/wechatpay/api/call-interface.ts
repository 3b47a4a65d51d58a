import { AppError, type ErrorCode } from '../../shared/errors';
import type {
  Bucket,
  CacheRule,
  Call,
  Reply,
  Scope,
  Send,
  WriteRule,
  Idempotency,
} from '../../traffic/calls/call';
import type { UpstreamRequest } from '../../traffic/calls/upstream-request';
import { createSightings, type ObserveCard } from './card-sightings';
import { correspond } from './correspondence';
import { dataOwnerOf } from './data-owner';
import { isRecord } from '../../shared/is-record';
import { interfaces, type InterfaceName } from './interfaces';
import { buildRequest, type UpstreamArguments } from './request';
import type { Route } from '../settings';

/** The parts of a call that depend on its route. */
export interface RouteRules {
  readonly cache?: CacheRule;
  readonly writes?: WriteRule;
}

/** Calls one interface for the brand in `args.brand_id`. Rejects with AppError. */
export type CallInterface = (
  name: InterfaceName,
  args: UpstreamArguments,
  scope: Scope,
  rules?: (route: Route) => RouteRules,
) => Promise<Reply>;

/** The same with a request built by the caller. */
export type SendCall = (
  call: {
    readonly name: InterfaceName;
    readonly brandId: string;
    readonly scope: Scope;
    /** The user whose data it is. Default: the brand's own data. */
    readonly openid?: unknown;
  },
  make: (route: Route) => RouteRules & { readonly request: () => UpstreamRequest },
) => Promise<Reply>;

export interface CallInterfaceDeps {
  readonly send: Send;
  /** The account that signs for the brand on one of these routes. Throws MISCONFIGURED if there is none. */
  readonly accountOf: (brandId: string, routes: readonly Route[]) => Call['account'];
  /** Called on a failure caused by the account; `accountOf` may then return another one. */
  readonly avoid: (account: Call['account']) => void;
  /** Whether this server is configured for the brand. */
  readonly isOurs: (brandId: string) => boolean;
  /** Calls per second of one interface for the account that signs. */
  readonly limitOf: (name: InterfaceName, account: Call['account']) => number;
  /** Called with every card that a result names, whichever interface returned it. */
  readonly observeCard: ObserveCard;
}

export const createCallInterface = (deps: CallInterfaceDeps) => {
  const { send, accountOf, avoid, isOurs, limitOf, observeCard } = deps;
  const observeResult = createSightings(observeCard);
  const bucketFor = (name: InterfaceName, account: Call['account']): Bucket => ({
    id: `${account.route === 'brand' ? 'brand' : 'mchid'}/${account.id}/${name}`,
    callsPerSecond: limitOf(name, account),
  });

  // Asynchronous, so that a brand without a credential rejects like every other failure.
  const sendCall: SendCall = async ({ name: interfaceName, brandId, scope, openid }, make) => {
    const { method, routes, idempotency } = interfaces[interfaceName];
    const sendAs = (account: Call['account']): Promise<Reply> =>
      send({
        ...scope,
        interfaceName,
        brandId,
        account,
        bucket: bucketFor(interfaceName, account),
        access: method === 'GET' ? 'read' : 'write',
        owner: dataOwnerOf(interfaceName, openid),
        idempotency,
        ...make(account.route),
      });
    const account = accountOf(brandId, routes);
    try {
      return await sendAs(account);
    } catch (error) {
      if (!isOfAccount(error)) throw error;
      avoid(account);
      const other = accountOf(brandId, routes);
      if (other.route === account.route || !mayFollow(error, idempotency)) throw error;
      return sendAs(other);
    }
  };

  const callInterface: CallInterface = async (name, args, scope, rules) => {
    const { identity, idempotency } = interfaces[name];
    // A write is done, whatever its response looks like.
    const legible = (data: unknown): unknown => (idempotency === 'read' || isRecord(data) ? data : {});
    const about = { name, brandId: String(args.brand_id), scope, openid: args.openid };
    const reply = await sendCall(about, (route) => ({
      request: () => ({
        ...buildRequest(name, route, args),
        correspond: (data) => correspond(legible(data), { identity, args, isOurs }),
      }),
      ...rules?.(route),
    }));
    observeResult(args, reply);
    return reply;
  };

  return {
    callInterface,
    sendCall,
    bucketOf: (name: InterfaceName, brandId: string): Bucket =>
      bucketFor(name, accountOf(brandId, interfaces[name].routes)),
  };
};

/** The failure is caused by our key, its id or our copy of WeChat Pay's key, so another account may succeed. */
const isOfAccount = (error: unknown): boolean => {
  if (!(error instanceof AppError)) return false;
  if (error.code === 'OUTCOME_UNKNOWN') return isOfAccount(error.cause);
  return nothingDone.has(error.code) || error.code === 'UPSTREAM_SIGNATURE_INVALID';
};

/** Refused (401, wrong serial), never signed or never sent. */
const nothingDone: ReadonlySet<ErrorCode> = new Set(['MISCONFIGURED', 'SIGNER_UNAVAILABLE']);

const mayFollow = (error: unknown, idempotency: Idempotency): boolean =>
  idempotency === 'read' || (error instanceof AppError && nothingDone.has(error.code));
