import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { printKeyFile } from '../../src/auth/api-key-file';
import { aKey } from '../support/callers';
import { reloadingApp, until, type ReloadingApp } from '../support/reloading-app';

interface Ready {
  readonly status: string;
  readonly findings: readonly { readonly code: string; readonly level: string; readonly detail: string }[];
}

/** Every file that the server reads is broken while it runs, and repaired again. */
describe('readiness', () => {
  let app: ReloadingApp;
  afterEach(() => app.close());
  const key = aKey('shop', ['brand:1004:read']);
  const start = async (changes: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    app = await reloadingApp((file) => {
      file.put('api-keys.json', printKeyFile([key.record]));
      file.write({ metrics: { port: '0' }, auth: { apiKeys: { file: 'api-keys.json' } }, ...changes });
      for (const name of ['api-keys.json', 'brand.pem', 'ids.key'])
        chmodSync(join(file.directory, name), 0o600);
    });
  };
  const ready = async (): Promise<Ready> => {
    const response = await fetch(`http://127.0.0.1:${String(app.app.operatorsPort())}/readyz`);
    return (await response.json()) as Ready;
  };
  const findings = async (code: string): Promise<readonly string[]> =>
    (await ready()).findings.filter((one) => one.code === code).map(({ detail }) => detail);
  /** Polls as a load balancer does. */
  const found = async (code: string, detail: RegExp): Promise<void> => {
    for (let waited = 0; !detail.test((await findings(code)).join('\n')); waited += 100) {
      if (waited > 6_000) throw new Error(`not found: ${String(detail)}; ${JSON.stringify(await ready())}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const at = (name: string): string => join(app.file.directory, name);
  const ask = async (): Promise<number> => {
    const answer = await app.ask('{ brands { totalCount } }', { authorization: `Bearer ${key.text}` });
    return answer.includes('UNAUTHENTICATED') ? 401 : 200;
  };

  it('has no findings if nothing is wrong', async () => {
    await start();
    expect(await ready()).toEqual({ status: 'ready', findings: [] });
  });

  it('reports an API-key file that cannot be read, and applies a revocation once it can', async () => {
    await start();
    expect(await ask()).toBe(200);
    renameSync(at('api-keys.json'), at('former.json'));
    mkdirSync(at('api-keys.json'));
    await found(
      'auth.unreadable',
      /API keys is not a regular file; the last known keys are accepted for 5 minutes/,
    );
    expect(await ask()).toBe(200);
    rmSync(at('api-keys.json'), { recursive: true });
    await found('auth.unreadable', /does not exist; its keys are refused/);
    expect((await ready()).status).toBe('failing');
    expect(await ask()).toBe(401);
    writeFileSync(at('api-keys.json'), printKeyFile([key.record]), { mode: 0o600 });
    await found('auth.unreadable', /^$/);
    expect(await ask()).toBe(200);
    expect((await ready()).status).toBe('ready');
  });

  it('reports a refused change of the configuration until it is corrected', async () => {
    await start();
    app.file.write({ server: { port: 'x' } });
    await until(() => app.refused.length > 0);
    await found(
      'config.refused',
      /refused and the previous one is in use: server\.port: must be a whole number/,
    );
    app.file.write({ metrics: { port: '0' }, auth: { apiKeys: { file: 'api-keys.json' } } });
    await found('config.refused', /^$/);
  });

  it.each(['brand.pem', 'ids.key'])('reports a %s that is removed while the server runs', async (name) => {
    await start();
    renameSync(at(name), at('away'));
    await found('config.refused', /the file cannot be read: it does not exist/);
    expect(await ask()).toBe(200);
    renameSync(at('away'), at(name));
    await found('config.refused', /^$/);
  });

  it('reports a key file while others may read it', async () => {
    await start();
    chmodSync(at('brand.pem'), 0o644);
    expect(await findings('file.exposed')).toEqual([
      'brandCredentials[0].privateKeyFile: the file has mode 644; only its owner should read or write it: chmod 600',
    ]);
    expect((await ready()).status).toBe('ready');
    chmodSync(at('brand.pem'), 0o600);
    expect(await findings('file.exposed')).toEqual([]);
  });

  it('follows keys that Kubernetes and Vault mount: links through ..data, exchanged as a whole', async () => {
    const other = aKey('till', ['brand:1004:read']);
    const link = (target: string, name: string): void => {
      symlinkSync(target, at(`${name}.tmp`));
      renameSync(at(`${name}.tmp`), at(name));
    };
    app = await reloadingApp((file) => {
      const inside = (name: string): string => join(file.directory, name);
      mkdirSync(inside('..2026_1'));
      writeFileSync(inside('..2026_1/api-keys.json'), printKeyFile([key.record]), { mode: 0o600 });
      renameSync(inside('brand.pem'), inside('..2026_1/brand.pem'));
      symlinkSync('..2026_1', inside('..data'));
      for (const name of ['api-keys.json', 'brand.pem']) symlinkSync(`..data/${name}`, inside(name));
      file.write({ metrics: { port: '0' }, auth: { apiKeys: { file: 'api-keys.json' } } });
      for (const name of ['brand.pem', 'ids.key']) chmodSync(inside(name), 0o600);
    });
    expect(await ask()).toBe(200);
    expect((await ready()).findings).toEqual([]);
    mkdirSync(at('..2026_2'));
    writeFileSync(at('..2026_2/api-keys.json'), printKeyFile([other.record]), { mode: 0o600 });
    writeFileSync(at('..2026_2/brand.pem'), readFileSync(at('..2026_1/brand.pem')), { mode: 0o644 });
    link('..2026_2', '..data');
    rmSync(at('..2026_1'), { recursive: true });
    // The mode is that of the file, not of the link.
    await found('file.exposed', /brandCredentials\[0\]\.privateKeyFile: the file has mode 644/);
    for (let waited = 0; (await ask()) !== 401; waited += 100) {
      if (waited > 6_000) throw new Error('the former key is still accepted');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const answer = await app.ask('{ brands { totalCount } }', { authorization: `Bearer ${other.text}` });
    expect(answer).not.toContain('UNAUTHENTICATED');
  });

  it("reports an issuer's key set that cannot be loaded, without waiting for a token", async () => {
    const host = createServer((_, response) => {
      response.statusCode = 500;
      response.end();
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as AddressInfo;
    const jwt = { issuer: 'i', audience: 'a', jwksUrl: `http://127.0.0.1:${port}/jwks` };
    await start({ auth: { apiKeys: { file: 'api-keys.json' }, jwt } });
    await found('auth.unreadable', /issuer's key set cannot be loaded \(the key set's host answered 500\)/);
    expect((await ready()).status).toBe('ready');
    host.close();
  });
});
