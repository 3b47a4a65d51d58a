import { transformFileSync } from '@swc/core';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sandbox } from './sandbox';

const root = join(__dirname, '..', '..');

/** The server as operators run it: its own process with a configuration file and a log. */
export interface ServerProcess {
  /** Of /graphql. */
  readonly url: string;
  /** Ends it with SIGTERM and returns what it left. */
  stop(): Promise<ServerTrace>;
}

export interface ServerTrace {
  /** 0 if it ended cleanly; 1 after a crash or an unhandled rejection. */
  readonly exitCode: number | null;
  /** Everything that it logged. */
  readonly log: string;
  /** The longest time for which its event loop was blocked, ms. */
  readonly stalledMs: number;
}

/** Starts the server from its sources with a sandbox; `settings` are members of the configuration file. */
export const startServerProcess = async (
  sandbox: Pick<Sandbox, 'url' | 'provision'>,
  settings: Readonly<Record<string, unknown>>,
): Promise<ServerProcess> => {
  // Below node_modules, so that its imports are found.
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
  const directory = mkdtempSync(join(root, 'node_modules', '.cache', 'server-'));
  const file = (name: string): string => join(directory, name);
  transpile(file('src'));
  writeFileSync(file('config.json'), JSON.stringify({ ...connection(sandbox, file), ...settings }));
  const log = openSync(file('log'), 'w');
  const child = spawn(
    process.execPath,
    ['--require', join(__dirname, 'watch-stalls.cjs'), file('src/main.js'), '--config', file('config.json')],
    { cwd: directory, stdio: ['ignore', 'pipe', log] },
  );
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => {
      reject(new Error(`the server did not start: ${readFileSync(file('log'), 'utf8')}`));
    });
  });
  child.kill('SIGUSR2');
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      const exitCode = await exited;
      const trace = {
        exitCode,
        log: readFileSync(file('log'), 'utf8'),
        stalledMs: Number(/longest stall (\d+) ms/.exec(output)?.[1] ?? Number.NaN),
      };
      rmSync(directory, { recursive: true });
      return trace;
    },
  };
};

const transpile = (to: string): void => {
  const src = join(root, 'src');
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const { code } = transformFileSync(join(src, name), {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
      module: { type: 'commonjs' },
    });
    const target = join(to, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
};

/** The first brand uses the partner route, the others the brand route. */
const connection = (
  { url, provision }: Pick<Sandbox, 'url' | 'provision'>,
  file: (name: string) => string,
): Record<string, unknown> => {
  const { wechatPay, brands, partner } = provision;
  const put = (name: string, text: string): string => {
    writeFileSync(file(name), text, { mode: 0o600 });
    return file(name);
  };
  const publicKeys = [{ id: wechatPay.publicKeyId, file: put('wechatpay.pem', wechatPay.publicKeyPem) }];
  return {
    brands: brands.map(({ brandId, name }, index) => ({
      brandId,
      name,
      route: index === 0 ? 'partner' : 'brand',
    })),
    brandCredentials: brands.slice(1).map(({ brandId, serial, privateKeyPem }) => ({
      brandId,
      serial,
      privateKeyFile: put(`brand-${brandId}.pem`, privateKeyPem),
      publicKeys,
    })),
    partner: {
      mchid: partner.mchid,
      serial: partner.serial,
      privateKeyFile: put('partner.pem', partner.privateKeyPem),
      publicKeys,
    },
    hosts: { main: url, backup: url },
    ids: { keyFile: put('ids.key', randomBytes(32).toString('base64')) },
    encryptionKeys: [{ id: 'k1', file: put('encryption.key', randomBytes(32).toString('base64')) }],
  };
};
