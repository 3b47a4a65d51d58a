import { createHash, verify } from 'node:crypto';
import { Pool, type Dispatcher } from 'undici';
import { createConnector } from '../../network/connector';
import type { NetworkSettings } from '../../network/settings';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { systemCode } from '../../shared/system-code';
import type { RemoteKey } from '../crypto/private-key';
import type { SignerSettings } from '../settings';

/** One request to a signer, for log, metrics and readiness. */
export interface SignerEvent {
  /** Whose key it is: `brand 1004` or `partner 1900000001`. */
  readonly key: string;
  readonly action: 'sign' | 'decrypt';
  /**
   * `declined`: the key does not fit the ciphertext, or the signer does not decrypt. `unavailable`: no usable response.
   * `refused`: by an HTTP status. `wrong`: the result is not one of this key.
   */
  readonly outcome: 'done' | 'declined' | 'unavailable' | 'refused' | 'wrong';
  /** The HTTP status as HTTP_…, the system's code, TIMEOUT, or what is wrong with the body. */
  readonly result: string;
  readonly tookMs: number;
}

/** The processes that hold private keys for this server (deploy/README.md describes the protocol). */
export interface Signers {
  /** `name` is for log and readiness. */
  readonly open: (settings: SignerSettings, name: string) => RemoteKey;
  close(): Promise<void>;
}

export interface SignersDeps {
  /** A signer is inside the deployment, so the proxy is not used for it. */
  readonly network: Pick<NetworkSettings, 'authorities'>;
  readonly clock: Clock;
  /** Called after each request. Default: nobody. */
  readonly observe?: (event: SignerEvent) => void;
}

/** Connections to one signer. Further requests wait for one, within their time. */
const maxConnections = 16;
/** No response of the protocol is nearly as large. */
const maxBodyBytes = 65_536;
/** WeChat Pay accepts an encrypted field that is at most as long as the key. */
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Why a request has no result. */
class SignerFailed extends Error {
  override readonly name = 'SignerFailed';
  constructor(
    readonly outcome: Exclude<SignerEvent['outcome'], 'done'>,
    readonly result: string,
  ) {
    super(result);
  }
}

export const createSigners = ({ network, clock, observe = () => undefined }: SignersDeps): Signers => {
  const pools = new Map<string, Pool>();
  const poolOf = ({ url, timeoutMs }: SignerSettings): Pool => {
    const { origin } = new URL(url);
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const connect = createConnector({ authorities: network.authorities }, timeoutMs);
    const pool = new Pool(origin, { connections: maxConnections, pipelining: 1, connect });
    pools.set(origin, pool);
    return pool;
  };

  const open: Signers['open'] = (settings, name) => {
    const { publicKey } = settings;
    const ask = async <T>(
      action: SignerEvent['action'],
      body: Readonly<Record<string, string>>,
      read: (found: Readonly<Record<string, unknown>>) => T,
      signal?: AbortSignal,
    ): Promise<T> => {
      const began = clock.now();
      const tell = ({ outcome, result }: Pick<SignerEvent, 'outcome' | 'result'>): void => {
        observe({ key: name, action, outcome, result, tookMs: clock.now() - began });
      };
      try {
        const result = read(await post({ pool: poolOf(settings), settings, action, body, clock, signal }));
        tell({ outcome: 'done', result: 'HTTP_200' });
        return result;
      } catch (error) {
        if (!(error instanceof SignerFailed)) throw error;
        tell(error);
        throw errorOf(error, name);
      }
    };
    return {
      publicKey,
      sign: (message, signal) =>
        ask(
          'sign',
          { algorithm: 'RS256', digest: createHash('sha256').update(message).digest('base64') },
          ({ signature }) => {
            const bytes = bytesOf(signature);
            // WeChat Pay would refuse it, as if our certificate were wrong.
            if (!verify('sha256', Buffer.from(message), publicKey, bytes))
              throw new SignerFailed('wrong', 'SIGNATURE_OF_ANOTHER_KEY');
            return bytes.toString('base64');
          },
          signal,
        ),
      decrypt: (ciphertext) =>
        ask(
          'decrypt',
          { algorithm: 'RSA-OAEP', ciphertext: ciphertext.toString('base64') },
          ({ plaintext }) => bytesOf(plaintext).toString('utf8'),
        ),
    };
  };

  return {
    open,
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
};

interface SignerRequest {
  readonly pool: Pool;
  readonly settings: SignerSettings;
  readonly action: SignerEvent['action'];
  readonly body: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** The JSON object of a response of 200. Rejects with SignerFailed, or with the reason of the signal. */
const post = async ({ pool, settings, action, body, clock, signal }: SignerRequest) => {
  const { url, token, timeoutMs } = settings;
  const limit = new AbortController();
  const cancel = clock.after(timeoutMs, () => {
    limit.abort();
  });
  const leave = (): void => {
    limit.abort();
  };
  signal?.addEventListener('abort', leave, { once: true });
  try {
    signal?.throwIfAborted();
    const response = await pool.request({
      method: 'POST',
      path: `${new URL(url).pathname.replace(/\/$/, '')}/${action}`,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: token.header }),
      },
      body: JSON.stringify(body),
      signal: limit.signal,
    });
    const text = await textOf(response.body);
    if (response.statusCode !== 200) throw refusedBy(response.statusCode, action);
    return objectIn(text);
  } catch (error) {
    if (error instanceof SignerFailed) throw error;
    signal?.throwIfAborted();
    throw new SignerFailed(
      'unavailable',
      limit.signal.aborted ? 'TIMEOUT' : (systemCode(error) ?? 'NO_RESPONSE'),
    );
  } finally {
    cancel();
    signal?.removeEventListener('abort', leave);
  }
};

const textOf = async (body: Dispatcher.ResponseData['body']): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new SignerFailed('wrong', 'BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const objectIn = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const found: unknown = JSON.parse(text);
    if (isRecord(found)) return found;
  } catch {
    // The parser's error is dropped, because it quotes the body.
  }
  throw new SignerFailed('wrong', 'BODY_UNREADABLE');
};

const bytesOf = (value: unknown): Buffer => {
  if (typeof value === 'string' && base64.test(value)) return Buffer.from(value, 'base64');
  throw new SignerFailed('wrong', 'BODY_UNREADABLE');
};

/** Statuses that mean "later", beside those from 500 on. */
const later: ReadonlySet<number> = new Set([408, 425, 429]);
/** For a ciphertext: it does not fit the key, or there is no such service. */
const declining: ReadonlySet<number> = new Set([400, 404, 405, 422, 501]);

const refusedBy = (status: number, action: SignerEvent['action']): SignerFailed => {
  const result = `HTTP_${status}`;
  if (action === 'decrypt' && declining.has(status)) return new SignerFailed('declined', result);
  return new SignerFailed(status >= 500 || later.has(status) ? 'unavailable' : 'refused', result);
};

const errorOf = ({ outcome, result }: SignerFailed, name: string): AppError => {
  switch (outcome) {
    case 'declined':
      return new AppError(
        'DECRYPTION_KEY_MISSING',
        `the signer of ${name} does not decrypt this (${result})`,
      );
    case 'unavailable':
      return new AppError('SIGNER_UNAVAILABLE', `the signer of ${name} cannot be used (${result})`);
    default:
      return new AppError('MISCONFIGURED', `the signer of ${name} is of no use (${result})`, {
        hint: [
          `Signer of ${name}: ${result}. Check signer.url and its token, and that its key belongs to certificateFile.`,
          `${name} 的签名服务：${result}。请检查 signer.url 及其令牌，并确认其密钥与 certificateFile 成对。`,
        ],
      });
  }
};
