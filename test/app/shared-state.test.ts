import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSharedState } from '../../src/app/shared-state';
import { systemClock } from '../../src/shared/clock';
import { certify } from '../support/certify';
import { freePort } from '../support/free-port';
import { newPair } from '../support/key-pairs';
import { keyRing } from '../support/key-ring';
import { until } from '../support/until';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';

const open = (
  url: string,
  onStoreChange: (up: boolean, reason?: string) => void = () => undefined,
  authorities: readonly string[] = [],
) =>
  openSharedState({
    config: { redis: { url, authorities } },
    keys: keyRing('k1'),
    clock: systemClock,
    random: Math.random,
    onStoreChange,
  });

describeWithRedis('a store that cannot be used at the start', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    await server.command('CONFIG', 'SET', 'requirepass', 'right');
  });
  afterAll(() => server.close());

  const address = (): string => server.url.replace('redis://', '');

  it.each([
    [
      (): string => `redis://:CANARY@${address()}`,
      'the store refuses the user or the password; correct them in the address',
    ],
    [(): string => `redis://${address()}`, 'the store asks for a password; add it to the address'],
  ])('refuses the start if waiting cannot help: %#', async (url, reason) => {
    await expect(open(url())).rejects.toThrow(`redis: ${reason}`);
  });

  it.each([
    [() => Promise.resolve('redis://no-such-host.invalid:6379'), /^(ENOTFOUND|EAI_AGAIN)$/],
    [async () => `redis://127.0.0.1:${String(await freePort())}`, /^ECONNREFUSED$/],
    [() => Promise.resolve(`rediss://:right@${address()}`), /^(tls|timeout)$/],
  ])('starts without the store if it may come later, and says why: %#', async (url, reason) => {
    const reasons: unknown[] = [];
    const state = await open(await url(), (_, why) => reasons.push(why));
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    // Nobody knows how many processes there are.
    expect(state.instances()).toBe(8);
    await state.stop();
  });

  it('works with the right password', async () => {
    const state = await open(`redis://:right@${address()}`);
    await until(() => state.instances() === 1);
    await state.stop();
  });
});

describeWithRedis('a store with a certificate of an own authority', () => {
  it('is used if the authority is named, and else the certificate is the reason', async () => {
    const privateKeyPem = newPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const certificate = await certify({
      privateKeyPem,
      serial: '01',
      isAuthority: true,
      addresses: ['127.0.0.1'],
    });
    const directory = mkdtempSync(join(tmpdir(), 'tls-'));
    const file = (name: string, content: string): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    const tlsPort = await freePort();
    const server = await startRedis([
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', file('cert.pem', certificate), '--tls-key-file', file('key.pem', privateKeyPem)],
      ...['--tls-ca-cert-file', join(directory, 'cert.pem')],
    ]);
    const reasons: unknown[] = [];
    const note = (_: boolean, why?: string) => reasons.push(why);
    const url = `rediss://127.0.0.1:${String(tlsPort)}`;
    await (await open(url, note)).stop();
    expect(reasons).toEqual(['certificate']);
    const state = await open(url, note, [certificate]);
    await until(() => state.instances() === 1);
    expect(reasons[0]).toBe('certificate');
    reasons.length = 0;
    await state.stop();
    await (await open(`redis://127.0.0.1:${String(tlsPort)}`, note)).stop();
    expect(reasons).toContainEqual(expect.stringMatching(/^(closed|ECONNRESET|timeout)$/));
    await server.close();
    rmSync(directory, { recursive: true });
  });
});
