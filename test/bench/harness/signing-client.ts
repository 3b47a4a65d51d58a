import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { productDir } from './places';

type SignedHttp = typeof import('../../../src/wechatpay/transport/signed-http');
type UpstreamClock = typeof import('../../../src/wechatpay/crypto/upstream-clock');
type SystemClock = typeof import('../../../src/shared/clock');

/** Enough to keep the thread pool busy; what the product's own pool of connections allows. */
const atOnce = 16;

export interface SigningResult {
  readonly rawPerSecond: number;
  readonly sentPerSecond: number;
  readonly rawDelayP99Ms: number;
  readonly sentDelayP99Ms: number;
  /** Processor time of this process, its threads included, for one of them. */
  readonly rawCpuMs: number;
  readonly sentCpuMs: number;
}

/** `signing-client.js UPSTREAM SECONDS`: prints, as JSON, what this machine signs and what the product sends. */
const main = async ([upstream = '', seconds = '']: readonly string[]): Promise<SigningResult> => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { createSignedHttp } = (await import(
    join(productDir, 'wechatpay', 'transport', 'signed-http.js')
  )) as SignedHttp;
  const { createUpstreamClock } = (await import(
    join(productDir, 'wechatpay', 'crypto', 'upstream-clock.js')
  )) as UpstreamClock;
  const { systemClock } = (await import(join(productDir, 'shared', 'clock.js'))) as SystemClock;
  const timeouts = { connectMs: 2_000, headersMs: 5_000, bodyMs: 5_000 };
  const exchange = createSignedHttp({
    settings: {
      hosts: { main: upstream, backup: upstream },
      timeouts,
      connections: { max: 16, maxPerBrand: 16 },
    },
    clock: systemClock,
    upstreamClock: createUpstreamClock(systemClock),
  });
  const signer = { route: 'brand', id: '1004', serial: 'ABCDEF0123456789', privateKey } as const;
  const target = '/brand/card-member/user-cards/478515832665?card_id=p1&openid=o1';
  const request = { method: 'GET', target, serial: 'PUB_KEY_ID_0', onWritten: () => undefined } as const;
  const send = async (): Promise<void> => {
    const { status } = await exchange.send(signer, request);
    if (status !== 200) throw new Error(`the upstream answered ${status}`);
  };
  await measure(send, 1);
  const raw = await measure(() => rawSign(privateKey), Number(seconds));
  const sent = await measure(send, Number(seconds));
  await exchange.close();
  return {
    rawPerSecond: raw.perSecond,
    sentPerSecond: sent.perSecond,
    rawDelayP99Ms: raw.delayP99Ms,
    sentDelayP99Ms: sent.delayP99Ms,
    rawCpuMs: raw.cpuMs,
    sentCpuMs: sent.cpuMs,
  };
};

const text = Buffer.alloc(150, 'x');
const rawSign = (key: KeyObject): Promise<void> =>
  new Promise((resolve, reject) => {
    sign('sha256', text, key, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });

const measure = async (act: () => Promise<void>, seconds: number) => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      await act();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: done / seconds,
    delayP99Ms: delay.percentile(99) / 1e6,
    cpuMs: (user + system) / 1_000 / done,
  };
};

main(process.argv.slice(2)).then(
  (result) => {
    process.stdout.write(JSON.stringify(result));
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
