import type { IncomingMessage } from 'node:http';
import type { Authenticator } from './authenticate';
import { headerOf, type Answer } from './exchange';
import { Failure, refused } from './failure';
import { failureAnswer, type Location } from './gateway';
import { ruleOf } from './interfaces';
import type { CallerKeys, WechatPayKeys } from './keys';
import { certificatesBody } from './provision';
import { argumentsOf, checkHeaders, type Match } from './routing';
import type { Edition, State } from './state';
import { keepUpload, type Upload } from './upload';

export interface PerformDeps {
  readonly authenticator: Authenticator;
  readonly wechatPay: WechatPayKeys;
  /** By mchid. */
  readonly partners: ReadonlyMap<string, CallerKeys>;
  readonly state: () => State;
  readonly edition: () => Edition;
  /** Real time in ms, for certificates. */
  readonly now: () => number;
  /** Time by the movable clock in ms, for everything else. */
  readonly movableNow: () => number;
  readonly maxTemplatesPerType: number;
}

export interface Call {
  readonly request: IncomingMessage;
  readonly body: string;
  readonly upload: Upload | undefined;
}

/** Authenticates a request, validates it, and lets its interface handle it. Throws the 401 Failure of an unknown caller. */
export const createPerformer = (deps: PerformDeps) => {
  const { authenticator, wechatPay, partners, state, edition, now, movableNow } = deps;

  const resultOf = (match: Match, { request, body, upload }: Call, caller: Caller): string => {
    const { route, found } = match;
    checkHeaders(request, {
      route,
      contentType: match.isUpload === true ? 'multipart/form-data' : 'application/json',
      body,
      sealed: found?.sealed === true,
      wechatPay,
    });
    if (match.isUpload === true) return JSON.stringify(keepUpload(route, upload));
    if (found === undefined) {
      const keys = partners.get(caller.id);
      if (keys === undefined) throw new Error('a partner without keys was authenticated');
      return certificatesBody(wechatPay, keys, now());
    }
    const args = argumentsOf(match, request, body);
    ruleOf(found, route)(args, '');
    const brandId = route === 'brand' ? caller.id : String(args.brand_id);
    if (!state().brands.has(brandId)) throw refused(found.notOpened ?? 'notOpened');
    return JSON.stringify(
      found.handle({
        state: state(),
        brandId,
        args,
        now: movableNow(),
        edition: edition(),
        ownKey: wechatPay.privateKey,
        callerKey: caller.certificate.publicKey,
        maxTemplatesPerType: deps.maxTemplatesPerType,
      }),
    );
  };

  return (match: Match, call: Call): Answer & { readonly nonce: string } => {
    const { request, body } = call;
    const caller = authenticator.check({
      route: match.route,
      method: request.method ?? '',
      target: request.url ?? '',
      authorization: headerOf(request.headers, 'authorization'),
      body,
    });
    const { nonce } = caller;
    try {
      return { status: 200, body: resultOf(match, call, caller), number: 0, signed: true, nonce };
    } catch (error) {
      return { ...failureAnswer(error, { signed: true, location: locationOf(match, error) }), nonce };
    }
  };
};

type Caller = ReturnType<Authenticator['check']>;

const locationOf = ({ found }: Match, error: unknown): Location => {
  const parameter = found?.parameter?.name;
  if (parameter !== undefined && error instanceof Failure && error.more.flaw?.path === parameter)
    return 'url';
  return found?.method === 'GET' ? 'query' : 'body';
};
