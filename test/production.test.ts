import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from './support/server-process';

const root = join(__dirname, '..');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** `@scope/name/path` → `@scope/name`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

describe('an installation without development packages', () => {
  beforeAll(build, 300_000);

  it('has every package that the built server imports', () => {
    const dist = join(root, 'dist');
    const imported = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js') && !name.includes('explorer/assets'))
      .flatMap((name) => [
        ...readFileSync(join(dist, name), 'utf8').matchAll(/(?:require|import)\("([^".][^"]*)"\)/g),
      ])
      .map(([, specifier = '']) => specifier)
      .filter((specifier) => !isBuiltin(specifier))
      .map(packageOf);
    expect(imported).toContain('@apollo/server');
    expect([...new Set(imported)].filter((name) => dependencies[name] === undefined)).toEqual([]);
  });

  it('starts, answers and serves the explorer', async () => {
    const guard = join(__dirname, 'support', 'production-only.cjs');
    const child = spawn(process.execPath, ['--require', guard, 'dist/main.js', '--port', '0'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const [found] = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.on('exit', () => {
        reject(new Error(`ended: ${output}`));
      });
    });
    const page = await fetch(address, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(/GraphQL explorer/);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('would not start with a package that is for development only', async () => {
    const guard = join(__dirname, 'support', 'production-only.cjs');
    await expect(
      promisify(execFile)(process.execPath, ['--require', guard, '-e', 'require("typescript")'], {
        cwd: root,
      }),
    ).rejects.toThrow(/typescript is for development only/);
  });
});
