import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuthenticator } from './authenticate';
import { bodyOf, createControl } from './control';
import { headerOf, sendAnswer, type Answer, type AnswerKeys } from './exchange';
import { Failure, invalidRequest, paramError } from './failure';
import { createFaults, type Fault, type Faults } from './faults';
import { ruleOf, sandboxInterfaces, type SandboxInterface } from './interfaces';
import {
  encryptEnvelope,
  newCallerKeys,
  newWechatPayKeys,
  type CallerKeys,
  type WechatPayKeys,
} from './keys';
import { createLedger, type Ledger } from './ledger';
import { createQuota, type Counting } from './quota';
import { firstExample, seedBrands, seedState, type Example } from './seed';
import { wireTime } from './state';

export interface SandboxOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Clock time in ms. */
  readonly now?: () => number;
  readonly random?: () => number;
  readonly counting?: Counting;
  readonly membersPerBrand?: number;
  /** WeChat Pay allows 2; the seeded brands begin with 3. */
  readonly mostTemplatesPerType?: number;
}

/** What a caller needs to be one: the private keys that WeChat Pay's console would have given it. */
export interface Provision {
  readonly wechatPay: {
    readonly publicKeyId: string;
    readonly publicKeyPem: string;
    readonly certificateSerial: string;
    readonly certificatePem: string;
  };
  readonly brands: readonly {
    readonly brandId: string;
    readonly name: string;
    readonly appid: string;
    readonly serial: string;
    readonly privateKeyPem: string;
    readonly apiKey: string;
  }[];
  readonly partner: {
    readonly mchid: string;
    readonly serial: string;
    readonly privateKeyPem: string;
    readonly apiV3Key: string;
  };
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly provision: Provision;
  readonly example: Example;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly close: () => Promise<void>;
}

type Route = 'brand' | 'partner';
const prefixes: Readonly<Record<Route, string>> = {
  partner: '/v3/brand/partner/card-member',
  brand: '/brand/card-member',
};
const documentedLimit: Readonly<Record<Route, number>> = { brand: 5, partner: 10 };
const certificatesLimit = 1000;
const mchid = '1900000001';

/** Starts a stand-in of WeChat Pay's member-card interfaces. Rejects with the listen error where the port is taken. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  // The ledger's order must survive clock steps and tell calls of one millisecond apart.
  const now = options.now ?? (() => performance.timeOrigin + performance.now());
  const members = options.membersPerBrand ?? 300;
  const [wechatPay, partnerKeys, ...brandKeys] = await Promise.all([
    newWechatPayKeys(now()),
    newCallerKeys(),
    ...seedBrands.map(newCallerKeys),
  ]);
  const callers: Readonly<Record<Route, ReadonlyMap<string, CallerKeys>>> = {
    partner: new Map([[mchid, partnerKeys]]),
    brand: new Map(
      seedBrands.flatMap(({ brandId }, index) => (brandKeys[index] ? [[brandId, brandKeys[index]]] : [])),
    ),
  };
  let state = seedState(now(), members);
  const ledger = createLedger();
  const faults = createFaults(options.random ?? Math.random);
  const quota = createQuota(options.counting ?? 'sliding');
  const limits = new Map<string, number>();
  const authenticator = createAuthenticator({ now, callerOf: (route, id) => callers[route].get(id) });
  const provision = provisionOf(wechatPay, callers);
  const control = createControl({
    ledger,
    faults,
    quota,
    limits,
    provision,
    reset() {
      state = seedState(now(), members);
      ledger.clear();
      faults.set([]);
      limits.clear();
    },
  });

  const perform = (
    match: Match,
    call: { readonly request: IncomingMessage; readonly body: string },
  ): Answer & { nonce: string } => {
    const { request, body } = call;
    const { route } = match;
    const { id, nonce } = authenticator.check({
      route,
      method: request.method ?? '',
      target: request.url ?? '',
      authorization: headerOf(request.headers, 'authorization'),
      body,
    });
    const refused = (failure: unknown): Answer & { nonce: string } => ({
      ...failureAnswer(failure, true),
      nonce,
    });
    try {
      checkHeaders(request, { route, body, sealed: match.found?.sealed === true, wechatPay });
      if (match.found === undefined)
        return { status: 200, body: certificatesBody(wechatPay, partnerKeys, now()), signed: true, nonce };
      const args = argumentsOf(match, request, body);
      ruleOf(match.found, route)(args, '');
      const brandId = route === 'brand' ? id : String(args.brand_id);
      if (!state.brands.has(brandId)) throw invalidRequest('商家未开通商家名片会员功能');
      const callerKey = callers[route].get(id)?.publicKey ?? wechatPay.publicKey;
      const answer = match.found.handle({
        state,
        brandId,
        args,
        now: now(),
        ownKey: wechatPay.privateKey,
        callerKey,
        mostTemplatesPerType: options.mostTemplatesPerType ?? 50,
      });
      return { status: 200, body: JSON.stringify(answer), signed: true, nonce };
    } catch (error) {
      return refused(error);
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = now();
    const match = matchOf(request);
    if (match === undefined) {
      request.resume();
      await sendAnswer(
        response,
        failureAnswer(new Failure(404, 'RESOURCE_NOT_EXISTS', '接口不存在'), false),
        {
          keys: { privateKey: wechatPay.privateKey, serial: wechatPay.publicKeyId, route: 'partner' },
          faults: [],
          now: at,
        },
      );
      return;
    }
    const name = match.found?.name ?? 'GET_CERTIFICATES';
    const dimension = claimedId(request);
    const limit =
      limits.get(name) ?? (match.found === undefined ? certificatesLimit : documentedLimit[match.route]);
    // Counted on arrival, before anything else takes time.
    const admitted = quota.admit(`${match.route}/${dimension}/${name}`, limit, at);
    const hits = faults.hit({ interface: name, dimension });
    const serial = headerOf(request.headers, 'wechatpay-serial');
    const keys: AnswerKeys = {
      privateKey: wechatPay.privateKey,
      serial: serial === wechatPay.certificateSerial ? serial : wechatPay.publicKeyId,
      route: match.route,
    };
    const note = (status: number, code: string, nonce: string): void => {
      ledger.add({ at, interface: name, route: match.route, dimension, status, code, nonce });
    };
    const body = await bodyOf(request);
    for (const { kind, delayMs = 0, jitterMs = 0 } of hits)
      if (kind === 'delay') await delay(delayMs + Math.random() * jitterMs);

    const early = admitted ? gatewayAnswer(hits, 'before') : rateLimited;
    if (early === 'reset' || early === 'blackHole') {
      note(0, early, '');
      if (early === 'reset') request.socket.destroy();
      return;
    }
    let answer: Answer & { nonce: string };
    try {
      answer = early === undefined ? perform(match, { request, body }) : { ...early, nonce: '' };
    } catch (error) {
      answer = { ...failureAnswer(error, false), nonce: '' };
    }
    const late = gatewayAnswer(hits, 'after');
    if (late === 'reset' || late === 'blackHole') {
      note(answer.status, late, answer.nonce);
      if (late === 'reset') request.socket.destroy();
      return;
    }
    const final = late ?? answer;
    note(final.status, codeOf(final), answer.nonce);
    await sendAnswer(response, final, { keys, faults: hits, now: now() });
  };

  const server = createServer((request, response) => {
    const handled =
      request.url?.startsWith('/sandbox/') === true ? control(request, response) : serve(request, response);
    handled.catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  return {
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    port,
    provision,
    example: firstExample,
    ledger,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};

interface Match {
  readonly route: Route;
  /** Absent for the platform certificates. */
  readonly found?: SandboxInterface;
  readonly parameter?: string;
}

const matchOf = (request: IncomingMessage): Match | undefined => {
  const pathname = (request.url ?? '').split('?')[0] ?? '';
  if (pathname === '/v3/certificates' && request.method === 'GET') return { route: 'partner' };
  for (const route of ['partner', 'brand'] as const) {
    if (!pathname.startsWith(`${prefixes[route]}/`)) continue;
    const path = pathname.slice(prefixes[route].length);
    for (const found of sandboxInterfaces) {
      if (found.method !== request.method || !found.routes.includes(route)) continue;
      if (found.path === path) return { route, found };
      const [head = '', tail] = found.path.split('{}');
      if (tail === undefined || !path.startsWith(head) || !path.endsWith(tail)) continue;
      const parameter = path.slice(head.length, path.length - tail.length);
      if (parameter !== '' && !parameter.includes('/')) return { route, found, parameter };
    }
  }
  return undefined;
};

const claimedId = (request: IncomingMessage): string =>
  /(?:mchid|brand_id)="([^"]*)"/.exec(headerOf(request.headers, 'authorization') ?? '')?.[1] ?? '';

const argumentsOf = (
  { found, parameter }: Match,
  request: IncomingMessage,
  body: string,
): Record<string, unknown> => {
  const args: Record<string, unknown> = {};
  if (found?.method === 'GET') {
    for (const [name, value] of new URL(request.url ?? '', 'http://sandbox').searchParams) args[name] = value;
  } else if (body !== '') {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      throw paramError('请求体不是合法的JSON');
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw paramError('请求体须为对象');
    Object.assign(args, parsed);
  }
  if (found?.parameter !== undefined) {
    if (found.parameter.name in args) throw paramError('请求中含有未在API文档中定义的参数');
    args[found.parameter.name] = decodeURIComponent(parameter ?? '');
  }
  return args;
};

interface HeaderCheck {
  readonly route: Route;
  readonly body: string;
  readonly sealed: boolean;
  readonly wechatPay: WechatPayKeys;
}

const checkHeaders = (
  { headers }: IncomingMessage,
  { route, body, sealed, wechatPay }: HeaderCheck,
): void => {
  if (headers.accept !== 'application/json') throw invalidRequest('Http头Accept须为application/json');
  if (headers['user-agent'] === undefined) throw invalidRequest('Http头缺少User-Agent');
  const contentType = headers['content-type'];
  if (body === '' ? contentType !== undefined : !/^application\/json(;.*)?$/.test(contentType ?? ''))
    throw invalidRequest('Http头Content-Type须为application/json');
  const serial = headerOf(headers, 'wechatpay-serial');
  if (serial === undefined) {
    if (route === 'brand' || sealed) throw paramError('Http header中缺少必填参数Wechatpay-Serial');
    return;
  }
  if (serial === wechatPay.publicKeyId || (route === 'partner' && serial === wechatPay.certificateSerial))
    return;
  throw route === 'brand'
    ? invalidRequest('微信支付公钥ID与品牌ID不匹配')
    : paramError('平台证书序列号Wechatpay-Serial错误');
};

const failureAnswer = (error: unknown, signed: boolean): Answer => {
  if (!(error instanceof Failure)) throw error;
  return { status: error.status, body: JSON.stringify({ code: error.code, message: error.message }), signed };
};

const rateLimited: Answer = {
  status: 429,
  body: JSON.stringify({ code: 'RATELIMIT_EXCEEDED', message: '接口请求频率达到限制' }),
  signed: false,
};

/** The answer or the silence that the script puts in place of the real one. */
const gatewayAnswer = (
  faults: readonly Fault[],
  when: 'before' | 'after',
): Answer | 'reset' | 'blackHole' | undefined => {
  for (const fault of faults) {
    if ((fault.when ?? 'before') !== when) continue;
    if (fault.kind === 'reset' || fault.kind === 'blackHole') return fault.kind;
    if (fault.kind === 'rateLimited') return rateLimited;
    if (fault.kind === 'systemError')
      return {
        status: 500,
        body: JSON.stringify({ code: 'SYSTEM_ERROR', message: '系统异常,请稍后重试' }),
        signed: true,
      };
    if (fault.kind === 'badGateway')
      return { status: 502, body: '<html>502 Bad Gateway</html>', signed: false };
  }
  return undefined;
};

const codeOf = ({ body }: Answer): string => /"code":"([A-Z_]+)"/.exec(body.slice(0, 100))?.[1] ?? '';

const certificatesBody = (wechatPay: WechatPayKeys, partner: CallerKeys, now: number): string =>
  JSON.stringify({
    data: [
      {
        serial_no: wechatPay.certificateSerial,
        effective_time: wireTime(now - 86_400_000),
        expire_time: wireTime(now + 5 * 365 * 86_400_000),
        encrypt_certificate: encryptEnvelope(wechatPay.certificatePem, partner.symmetricKey, 'certificate'),
      },
    ],
  });

const provisionOf = (
  wechatPay: WechatPayKeys,
  callers: Readonly<Record<Route, ReadonlyMap<string, CallerKeys>>>,
): Provision => {
  const credential = (keys: CallerKeys | undefined) => ({
    serial: keys?.serial ?? '',
    privateKeyPem: keys?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
  });
  return {
    wechatPay: {
      publicKeyId: wechatPay.publicKeyId,
      publicKeyPem: wechatPay.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      certificateSerial: wechatPay.certificateSerial,
      certificatePem: wechatPay.certificatePem,
    },
    brands: seedBrands.map((brand) => ({
      ...brand,
      ...credential(callers.brand.get(brand.brandId)),
      apiKey: callers.brand.get(brand.brandId)?.symmetricKey ?? '',
    })),
    partner: {
      mchid,
      ...credential(callers.partner.get(mchid)),
      apiV3Key: callers.partner.get(mchid)?.symmetricKey ?? '',
    },
  };
};

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
