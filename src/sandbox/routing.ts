import type { IncomingMessage } from 'node:http';
import { headerOf } from './exchange';
import { Failure, paramError, type Flaw } from './failure';
import type { SandboxInterface } from './interface';
import { sandboxInterfaces } from './interfaces';
import type { WechatPayKeys } from './keys';
import { undocumented } from './rules';

export type Route = 'brand' | 'partner';

const prefixes: Readonly<Record<Route, string>> = {
  partner: '/v3/brand/partner/card-member',
  brand: '/brand/card-member',
};

const uploads: Readonly<Record<string, Route>> = {
  '/v3/marketing/favor/media/image-upload': 'partner',
  '/brand/card-member/media/image-upload': 'brand',
};

/** The interface that a request addresses. */
export interface Match {
  readonly route: Route;
  /** Absent for platform certificates and uploads. */
  readonly found?: SandboxInterface;
  readonly isUpload?: true;
  readonly parameter?: string;
}

export const matchOf = (request: IncomingMessage): Match | undefined => {
  const pathname = (request.url ?? '').split('?')[0] ?? '';
  if (pathname === '/v3/certificates' && request.method === 'GET') return { route: 'partner' };
  const uploadRoute = uploads[pathname];
  if (uploadRoute !== undefined && request.method === 'POST') return { route: uploadRoute, isUpload: true };
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

/** The claimed caller; calls are counted before the claim is verified. */
export const claimedId = (request: IncomingMessage): string =>
  /(?:mchid|brand_id)="([^"]*)"/.exec(headerOf(request.headers, 'authorization') ?? '')?.[1] ?? '';

export const argumentsOf = (
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
      throw paramError('请求体不是JSON对象');
    Object.assign(args, parsed);
  }
  if (found?.parameter !== undefined) {
    if (found.parameter.name in args) throw undocumented(found.parameter.name);
    args[found.parameter.name] = decodeURIComponent(parameter ?? '');
  }
  return args;
};

/** Every name by which the ledger, faults and limits know an interface. */
export const interfaceNames: readonly string[] = [
  ...sandboxInterfaces.map(({ name }) => name),
  'UPLOAD_IMAGE',
  'GET_CERTIFICATES',
];

/** The id used in the ledger and for limits. */
export const nameOf = ({ found, isUpload }: Match): string =>
  found?.name ?? (isUpload === true ? 'UPLOAD_IMAGE' : 'GET_CERTIFICATES');

export interface HeaderCheck {
  readonly route: Route;
  readonly contentType: 'application/json' | 'multipart/form-data';
  readonly body: string;
  readonly sealed: boolean;
  readonly wechatPay: WechatPayKeys;
}

export const checkHeaders = (
  { method, headers }: IncomingMessage,
  { route, contentType: expected, body, sealed, wechatPay }: HeaderCheck,
): void => {
  if (!acceptsJson(headers.accept)) throw againstRules('Accept', '须为application/json');
  if (headers['user-agent'] === undefined) throw againstRules('User-Agent', '必填');
  const contentType = headers['content-type'];
  // Clients such as wechatpay-axios-plugin send one with a GET, too.
  if (body === '' ? method !== 'GET' && contentType !== undefined : contentType?.split(';')[0] !== expected)
    throw againstRules('Content-Type', `须为${expected}`);
  const serial = headerOf(headers, 'wechatpay-serial');
  if (serial === undefined) {
    if (route === 'brand' || sealed) throw paramError('Http header中缺少必填参数Wechatpay-Serial');
    return;
  }
  if (serial === wechatPay.publicKeyId || (route === 'partner' && serial === wechatPay.certificateSerial))
    return;
  throw route === 'brand'
    ? new Failure(400, 'INVALID_REQUEST', '微信支付公钥ID与品牌ID不匹配')
    : paramError('平台证书序列号Wechatpay-Serial错误');
};

/** The header may list further types, as that of wechatpay-axios-plugin does. */
const acceptsJson = (accept = ''): boolean =>
  accept.split(',').some((range) => range.split(';')[0]?.trim().toLowerCase() === 'application/json');

const againstRules = (header: string, issue: string): Failure => {
  const flaw: Flaw = { path: header, issue, location: 'header' };
  return new Failure(400, 'INVALID_REQUEST', 'HTTP 请求不符合微信支付 APIv3 接口规则', { flaw });
};
