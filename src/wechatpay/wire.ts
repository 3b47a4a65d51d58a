import { Pool, errors as undici } from 'undici';
import type { Clock } from '../shared/clock';
import { sleep } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { Call, Host, Reply, Send } from '../traffic/call';
import type { Account, Accounts } from './accounts';
import { seal } from './encryption';
import { refusal } from './reply-errors';
import type { WechatPaySettings } from './settings';
import { authorization, randomNonce, readSignature, whyInvalid, type ReceivedHeaders } from './signature';

export interface WireParts {
  readonly settings: Pick<WechatPaySettings, 'hosts' | 'timeouts'>;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly nonce?: () => string;
  /** Called once when an answer names a key that is not known; whoever can, fetches it. */
  readonly onUnknownSerial?: (account: Account) => Promise<void>;
}

export interface Wire {
  /** One signed exchange: sign → send → verify → parse. */
  readonly send: Send;
  close(): Promise<void>;
}

const userAgent = `wechat-pay-member-card-graphql (node ${process.versions.node})`;
/** No answer of this product comes near it: a page holds 20 objects of about 3 KB. */
const mostResponseBytes = 1_048_576;
const keepAliveMs = 30_000;
const connections = 16;

export const createWire = ({
  settings,
  accounts,
  clock,
  nonce = randomNonce,
  onUnknownSerial,
}: WireParts): Wire => {
  // No interceptor: whatever repeats, caches or shares below the signer would reuse a signature or bypass the limiter.
  const pool = (origin: string): Pool =>
    new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: settings.timeouts.connectMs },
      headersTimeout: settings.timeouts.headersMs,
      bodyTimeout: settings.timeouts.bodyMs,
      keepAliveTimeout: keepAliveMs,
      maxResponseSize: mostResponseBytes,
    });
  const pools: Readonly<Record<Host, Pool>> = {
    main: pool(settings.hosts.main),
    backup: pool(settings.hosts.backup),
  };

  const prepare = async (call: Call, account: Account) => {
    const { method, target, sealed, body: writeBody } = call.request;
    const sealingKey = sealed ? account.sealingKey() : undefined;
    const body = writeBody?.((plain) => seal(plain, (sealingKey ?? account.sealingKey()).key)) ?? '';
    const serial = sealingKey?.id ?? account.publicKeyId();
    const headers: Record<string, string> = {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...(serial === undefined ? {} : { 'wechatpay-serial': serial }),
      authorization: await authorization(account.signer(), {
        method,
        target,
        body,
        timestamp: Math.floor((call.sendAt ?? clock.now()) / 1000),
        nonce: nonce(),
      }),
    };
    return { method, path: target, headers, ...(body === '' ? {} : { body }) };
  };

  const exchange = async (call: Call, account: Account) => {
    const request = await prepare(call, account);
    // The slot is a moment: too early counts against the second before.
    if (call.sendAt !== undefined && call.sendAt > clock.now()) await sleep(clock, call.sendAt - clock.now());
    try {
      const answer = await pools[call.host ?? 'main'].request({
        ...request,
        // A read is given up when nobody waits any more; a write that may have reached the upstream is seen through.
        signal: call.request.method === 'GET' ? (call.signal ?? null) : null,
      });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    } catch (error) {
      throw transportError(error, call.signal);
    }
  };

  const check = async (account: Account, headers: ReceivedHeaders, body: string): Promise<boolean> => {
    const received = readSignature(headers);
    if (received === undefined) return false;
    if (received === 'incomplete') throw untrusted('its signature headers are incomplete', headers);
    let key = account.verifyingKey(received.serial);
    if (key === undefined && onUnknownSerial !== undefined) {
      await onUnknownSerial(account);
      key = account.verifyingKey(received.serial);
    }
    if (key === undefined) throw untrusted('it is signed with a key that is not configured', headers);
    const reason = await whyInvalid({ ...received, body, key, now: clock.now() });
    if (reason !== undefined) throw untrusted(reason, headers);
    return true;
  };

  const send: Send = async (call) => {
    const account = accounts.get(call.account);
    const { status, headers, body } = await exchange(call, account);
    const verified = await check(account, headers, body);
    const requestId = requestIdOf(headers);
    if (status < 200 || status > 299 || status === 202) {
      const retryAfter = headers['retry-after'];
      throw refusal({
        status,
        body,
        requestId,
        verified,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      });
    }
    if (!verified) throw untrusted('it is not signed', headers);
    const reply: Reply = {
      data: body === '' ? undefined : parse(body),
      bytes: Buffer.byteLength(body),
      fetchedAt: clock.now(),
      stale: false,
    };
    return requestId === undefined ? reply : { ...reply, requestId };
  };

  return {
    send,
    async close() {
      await Promise.all([pools.main.close(), pools.backup.close()]);
    },
  };
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    throw new AppError('UPSTREAM_MALFORMED', 'the answer is not JSON', { cause, sent: true });
  }
};

/** Of the form <hex>-<number>; anything else in its place is not passed on. */
const requestIdOf = (headers: ReceivedHeaders): string | undefined => {
  const value = headers['request-id'];
  return typeof value === 'string' && /^[\w-]{1,128}$/.test(value) ? value : undefined;
};

const untrusted = (reason: string, headers: ReceivedHeaders): AppError => {
  const requestId = requestIdOf(headers);
  return new AppError('UPSTREAM_SIGNATURE_INVALID', `an answer was discarded: ${reason}`, {
    sent: true,
    upstream: { status: 0, verified: false, ...(requestId === undefined ? {} : { requestId }) },
  });
};

/** Failures before the request could have been written. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const transportError = (error: unknown, signal: AbortSignal | undefined): unknown => {
  if (signal?.aborted === true) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (error instanceof undici.ResponseExceededMaxSizeError)
    return new AppError('UPSTREAM_MALFORMED', 'the answer is larger than 1 MiB', {
      cause: error,
      sent: true,
    });
  return new AppError('UPSTREAM_UNAVAILABLE', `the exchange failed (${code})`, {
    cause: error,
    sent: !unsentCodes.has(code),
  });
};
