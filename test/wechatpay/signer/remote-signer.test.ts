import { spawn } from 'node:child_process';
import { constants, publicEncrypt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { openNetwork } from '../../../src/network/settings';
import { systemClock } from '../../../src/shared/clock';
import { redacted } from '../../../src/shared/redacted';
import { sign } from '../../../src/wechatpay/crypto/signature';
import { createSigners, type SignerEvent, type Signers } from '../../../src/wechatpay/signer/remote-signer';
import { fakeClock } from '../../support/fake-clock';
import { newPair } from '../../support/key-pairs';
import { startSigner, type TestSigner } from '../../support/signer';

const [ours, other] = [newPair(), newPair()];
const token = redacted({ header: 'Bearer s3cr3t-token' });
/** What is signed may have an openid and a phone number. */
const message = 'GET\n/x?openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o\n1700000000\nn\n{"phone":"13812345678"}\n';

let signer: TestSigner;
let signers: Signers;
let events: SignerEvent[];
beforeAll(async () => {
  signer = await startSigner(ours.privateKey, { token });
});
afterAll(() => signer.close());
beforeEach(() => {
  signer.requests.length = 0;
  signer.answer(undefined);
  events = [];
  signers = createSigners({
    network: openNetwork,
    clock: systemClock,
    observe: (event) => events.push(event),
  });
});
afterEach(() => signers.close());
const key = (settings = signer.settings) => signers.open(settings, 'brand 1004');
const sealed = (plain: string, publicKey = ours.publicKey): Buffer =>
  publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(plain),
  );
const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    return error;
  }
};

describe('a key in another process', () => {
  it('signs as the key itself would, and its process sees a digest, nothing of the message', async () => {
    await expect(key().sign(message)).resolves.toBe(await sign(message, ours.privateKey));
    expect(signer.requests).toEqual([
      {
        path: '/keys/brand-1004/sign',
        authorization: 'Bearer s3cr3t-token',
        text: expect.not.stringMatching(/13812345678|oUpF8uMuAJO/) as string,
        body: { algorithm: 'RS256', digest: expect.stringMatching(/^[\w+/]{43}=$/) as string },
      },
    ]);
    expect(events).toMatchObject([
      { key: 'brand 1004', action: 'sign', outcome: 'done', result: 'HTTP_200' },
    ]);
  });

  it('decrypts as the key itself would, and says so if a text was encrypted for another one', async () => {
    await expect(key().decrypt(sealed('钻石会员'))).resolves.toBe('钻石会员');
    await expect(key().decrypt(sealed('x', other.publicKey))).rejects.toMatchObject({
      code: 'DECRYPTION_KEY_MISSING',
    });
    expect(events.map(({ outcome, result }) => [outcome, result])).toEqual([
      ['done', 'HTTP_200'],
      ['declined', 'HTTP_422'],
    ]);
  });

  it.each([
    ['refuses the token', 403, 'MISCONFIGURED', 'refused'],
    ['is at another path', 404, 'MISCONFIGURED', 'refused'],
    ['has a fault', 500, 'SIGNER_UNAVAILABLE', 'unavailable'],
    ['is overloaded', 429, 'SIGNER_UNAVAILABLE', 'unavailable'],
    ['redirects', 307, 'MISCONFIGURED', 'refused'],
  ])('is an error of its own if its process %s (%d)', async (_, status, code, outcome) => {
    signer.answer((response) => response.writeHead(status, { location: '/elsewhere' }).end('s3cr3t-token'));
    const error = await failureOf(key().sign(message));
    expect(error).toMatchObject({ code, message: expect.stringContaining(`HTTP_${status}`) as string });
    expect(events).toMatchObject([{ outcome, result: `HTTP_${status}` }]);
    // A redirect is not followed: the token would go to another place.
    expect(signer.requests).toHaveLength(1);
    expect(inspect(error, { depth: 9 })).not.toContain('s3cr3t-token');
  });

  it.each([
    [
      'is one of another key',
      JSON.stringify({ signature: Buffer.alloc(256, 7).toString('base64') }),
      'SIGNATURE_OF_ANOTHER_KEY',
    ],
    ['is no base64', '{"signature":"13812345678!"}', 'BODY_UNREADABLE'],
    ['is absent', '{}', 'BODY_UNREADABLE'],
    ['is no JSON', '<html>13812345678</html>', 'BODY_UNREADABLE'],
    ['is endless', `"${'a'.repeat(100_000)}"`, 'BODY_TOO_LARGE'],
  ])('is not used if the signature %s', async (_, body, result) => {
    signer.answer((response) => response.end(body));
    const error = await failureOf(key().sign(message));
    expect(error).toMatchObject({ code: 'MISCONFIGURED' });
    expect(events).toMatchObject([{ outcome: 'wrong', result }]);
    expect(inspect(error, { depth: 9 })).not.toContain('13812345678');
  });

  it('is unavailable if nobody listens', async () => {
    const nowhere = { ...signer.settings, url: 'http://127.0.0.1:1/k' };
    await expect(key(nowhere).sign(message)).rejects.toMatchObject({ code: 'SIGNER_UNAVAILABLE' });
    expect(events).toMatchObject([{ outcome: 'unavailable', result: 'ECONNREFUSED' }]);
  });

  it('is given up after its time', async () => {
    const clock = fakeClock();
    const timed = createSigners({ network: openNetwork, clock, observe: (event) => events.push(event) });
    signer.answer(() => undefined);
    const signing = timed.open(signer.settings, 'brand 1004').sign(message);
    const settled = failureOf(signing);
    await clock.advance(signer.settings.timeoutMs);
    expect(await settled).toMatchObject({ code: 'SIGNER_UNAVAILABLE' });
    expect(events).toMatchObject([{ outcome: 'unavailable', result: 'TIMEOUT' }]);
    await timed.close();
  });

  it('is not asked for a caller who has left, and nobody is told', async () => {
    const controller = new AbortController();
    const reason = new Error('left');
    controller.abort(reason);
    await expect(key().sign(message, controller.signal)).rejects.toBe(reason);
    expect([signer.requests, events]).toEqual([[], []]);
  });
});

describe('the example of a signer', () => {
  it('speaks the protocol, and refuses who has no token', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'signer-'));
    const keyFile = join(directory, 'key.pem');
    const tokenFile = join(directory, 'token');
    writeFileSync(keyFile, ours.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(tokenFile, 's3cr3t-token\n');
    const example = spawn(process.execPath, [
      join(__dirname, '../../../examples/signer.mjs'),
      ...['--key', keyFile, '--token-file', tokenFile, '--port', '0'],
    ]);
    try {
      const [line] = (await once(example.stdout, 'data')) as [Buffer];
      const [url = ''] = /http:\S+/.exec(line.toString()) ?? [];
      const settings = { ...signer.settings, url };
      await expect(key(settings).sign(message)).resolves.toBe(await sign(message, ours.privateKey));
      await expect(key(settings).decrypt(sealed('钻石会员'))).resolves.toBe('钻石会员');
      await expect(key(settings).decrypt(sealed('x', other.publicKey))).rejects.toMatchObject({
        code: 'DECRYPTION_KEY_MISSING',
      });
      const stranger = { ...settings, token: { header: 'Bearer another' } };
      await expect(key(stranger).sign(message)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    } finally {
      example.kill();
      rmSync(directory, { recursive: true });
    }
  });
});
