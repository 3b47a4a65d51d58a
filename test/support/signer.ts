import { constants, createPublicKey, privateDecrypt, privateEncrypt, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignerSettings } from '../../src/wechatpay/settings';

/** What arrived at a signer. */
export interface SignerRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly text: string;
  readonly body: Readonly<Record<string, string>>;
}

export interface TestSigner {
  readonly settings: SignerSettings;
  readonly requests: SignerRequest[];
  /** Every further response waits so long, ms. */
  delay(ms: number): void;
  /** Replaces the response of every further request; `undefined` ends that. */
  answer(with_: ((response: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

/** PKCS #1 v1.5 of a SHA-256 digest: the prefix of DigestInfo, then the digest. */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** A process that holds a private key, as far as a socket can tell. It sees digests only, as a KMS does. */
export const startSigner = async (
  key: KeyObject,
  settings: Partial<SignerSettings> = {},
): Promise<TestSigner> => {
  const requests: SignerRequest[] = [];
  let delayMs = 0;
  let other: ((response: ServerResponse) => void) | undefined;
  const resultOf = (path: string, body: Readonly<Record<string, string>>) => {
    if (path.endsWith('/sign')) {
      const padded = Buffer.concat([digestInfo, Buffer.from(body.digest ?? '', 'base64')]);
      return { signature: privateEncrypt(key, padded).toString('base64') };
    }
    const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    return {
      plaintext: privateDecrypt(oaep, Buffer.from(body.ciphertext ?? '', 'base64')).toString('base64'),
    };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const body = JSON.parse(text) as Readonly<Record<string, string>>;
    const { url: path = '', headers } = request;
    requests.push({ path, authorization: headers.authorization, text, body });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (other !== undefined) {
      other(response);
      return;
    }
    try {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(resultOf(path, body)));
    } catch {
      response.writeHead(422).end();
    }
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    settings: {
      url: `http://127.0.0.1:${port}/keys/brand-1004`,
      timeoutMs: 5_000,
      publicKey: createPublicKey(key),
      ...settings,
    },
    requests,
    delay(ms) {
      delayMs = ms;
    },
    answer(with_) {
      other = with_;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
