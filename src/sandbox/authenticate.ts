import { createVerify } from 'node:crypto';
import type { CallerCertificate, Callers } from './callers';
import { notSigned } from './sign-refusals';

/** Checks a request's Authorization by the documents, independently of any client's code. */
export interface Authenticator {
  /** Returns the caller; throws a 401 Failure. */
  check(request: SignedRequest): {
    readonly id: string;
    readonly nonce: string;
    readonly certificate: CallerCertificate;
  };
}

export interface SignedRequest {
  readonly route: 'brand' | 'partner';
  readonly method: string;
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface AuthenticatorDeps {
  readonly now: () => number;
  readonly callers: Pick<Callers, 'knows' | 'certificate'>;
}

const toleranceSeconds = 300;
const schemes = {
  partner: { name: 'WECHATPAY2-SHA256-RSA2048', id: 'mchid' },
  brand: { name: 'WECHATPAY-BRAND-SHA256-RSA2048', id: 'brand_id' },
} as const;

export const createAuthenticator = ({ now, callers }: AuthenticatorDeps): Authenticator => {
  const nonces = new Map<string, number>();

  const isReplay = (nonce: string): boolean => {
    const since = now() - toleranceSeconds * 2_000;
    // A Map keeps insertion order, so the oldest come first.
    for (const [old, at] of nonces) {
      if (at >= since) break;
      nonces.delete(old);
    }
    if (nonces.has(nonce)) return true;
    nonces.set(nonce, now());
    return false;
  };

  return {
    check({ route, method, target, authorization = '', body }) {
      const scheme = schemes[route];
      const space = authorization.indexOf(' ');
      if (authorization.slice(0, space) !== scheme.name) throw notSigned('scheme');
      const parameters = parseParameters(authorization.slice(space + 1));
      const { [scheme.id]: id, nonce_str: nonce, timestamp, serial_no: serial, signature } = parameters;
      if (!id || !nonce || !timestamp || !serial || !signature || Object.keys(parameters).length !== 5)
        throw notSigned('form');
      if (!/^[0-9A-Za-z]{1,32}$/.test(nonce)) throw notSigned('nonce');
      if (!/^\d+$/.test(timestamp) || Math.abs(now() / 1000 - Number(timestamp)) > toleranceSeconds)
        throw notSigned('timestamp');
      if (!callers.knows(route, id)) throw notSigned('caller', scheme.id);
      const certificate = callers.certificate(route, id, serial);
      if (certificate === undefined) throw notSigned('serial');
      const message = `${method}\n${target}\n${timestamp}\n${nonce}\n${body}\n`;
      if (!createVerify('RSA-SHA256').update(message).verify(certificate.publicKey, signature, 'base64'))
        throw notSigned('signature');
      if (isReplay(nonce)) throw notSigned('replay');
      return { id, nonce, certificate };
    },
  };
};

/** Parses `name="value"` pairs joined by commas; each name occurs once. */
const parseParameters = (text: string): Readonly<Record<string, string>> => {
  const parameters: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [, name, value] = /^(\w+)="([^"]*)"$/.exec(part) ?? [];
    if (name === undefined || value === undefined || name in parameters) return {};
    parameters[name] = value;
  }
  return parameters;
};
