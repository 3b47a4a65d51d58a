import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
}
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(__dirname, '..', name), 'utf8')) as Record<string, unknown>;
const packages = Object.entries(read('package-lock.json').packages as Record<string, Locked>)
  .filter(([path]) => path !== '')
  .map(([path, locked]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...locked }));

/** The first versions without the published advisories. */
const fixedIn: Readonly<Record<string, string>> = {
  '@apollo/server': '5.5.1',
  graphql: '16.11.0',
  'class-validator': '0.14.0',
  validator: '13.15.20',
  undici: '7.29.0',
  'body-parser': '2.2.1',
  qs: '6.16.0',
};

const isAtLeast = (version: string, least: string): boolean => {
  const [a, b] = [version, least].map((text) => text.split('-')[0]?.split('.').map(Number) ?? []);
  for (let i = 0; i < 3; i += 1) if ((a?.[i] ?? 0) !== (b?.[i] ?? 0)) return (a?.[i] ?? 0) > (b?.[i] ?? 0);
  return true;
};

describe('the dependencies', () => {
  it('have one graphql', () => {
    expect(packages.filter(({ name }) => name === 'graphql').map(({ version }) => version)).toEqual([
      '16.15.0',
    ]);
  });

  it('are pinned to exact versions', () => {
    const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, range]) => !/^\d/.test(range),
    );
    expect(loose).toEqual([]);
  });

  it('are at or above the versions that fixed known advisories', () => {
    const old = packages.filter(({ name, version = '0' }) => !isAtLeast(version, fixedIn[name] ?? '0'));
    expect(old.map(({ name, version }) => `${name}@${version ?? ''}`)).toEqual([]);
  });

  it('that run in production accept Node 20.19', () => {
    const needs = (range: string): number => Number(/^\s*>=\s*(\d+)/.exec(range)?.[1] ?? 0);
    const tooNew = packages.filter(({ dev, engines }) => dev !== true && needs(engines?.node ?? '') > 20);
    expect(tooNew.map(({ name }) => name)).toEqual([]);
  });
});
