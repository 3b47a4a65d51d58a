import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
}
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(__dirname, '..', name), 'utf8')) as Record<string, unknown>;
const packages = Object.entries(read('package-lock.json').packages as Record<string, Locked>)
  .filter(([path]) => path !== '')
  .map(([path, locked]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...locked }));

/** The first versions without published advisories; one for each maintained line. */
const fixedIn: Readonly<Record<string, readonly string[]>> = {
  // CVE-2026-23897, GHSA-9q82-xgwf-vj6h, and a vulnerable uuid.
  '@apollo/server': ['5.5.1'],
  // CVE-2023-26144; Apollo Server asks for 16.11.
  graphql: ['16.11.0'],
  // CVE-2019-18413.
  'class-validator': ['0.14.0'],
  // CVE-2025-56200.
  validator: ['13.15.20'],
  // CVE-2026-13697.
  undici: ['7.29.0', '8.9.0'],
  // CVE-2025-13466.
  'body-parser': ['2.2.1'],
  // CVE-2025-15284, CVE-2026-82417, CVE-2026-82562.
  qs: ['6.16.0'],
  // CVE-2026-4867, CVE-2026-4926, CVE-2026-4923.
  'path-to-regexp': ['0.1.13', '8.4.0'],
  // CVE-2026-25223, CVE-2026-25224, CVE-2026-3635, CVE-2026-33806.
  fastify: ['5.8.5'],
  // A fragment named __schema cost nothing.
  '@escape.tech/graphql-armor-cost-limit': ['2.4.3'],
};

const partsOf = (version: string): readonly number[] => version.split('-')[0]?.split('.').map(Number) ?? [];

const isAtLeast = (version: string, min: string): boolean => {
  const [a, b] = [partsOf(version), partsOf(min)];
  for (let i = 0; i < 3; i += 1) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  return true;
};

/** Judged by the fix of its own line or, if it has none, of the next line. */
const isFixed = (version: string, fixes: readonly string[]): boolean => {
  const [major = 0] = partsOf(version);
  const fix = fixes.find((one) => (partsOf(one)[0] ?? 0) >= major);
  return fix === undefined || isAtLeast(version, fix);
};

describe('the dependencies', () => {
  it('include graphql only once', () => {
    expect(packages.filter(({ name }) => name === 'graphql').map(({ version }) => version)).toEqual([
      '16.15.0',
    ]);
  });

  it('are pinned to exact versions', () => {
    const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      // An alias names its package first.
      ([, range]) => !/^(?:npm:.+@)?\d/.test(range),
    );
    expect(loose).toEqual([]);
  });

  it('are at or above the versions that fixed known advisories', () => {
    const old = packages.filter(({ name, version = '0' }) => !isFixed(version, fixedIn[name] ?? []));
    expect(old.map(({ name, version }) => `${name}@${version ?? ''}`)).toEqual([]);
  });

  it.each([
    ['7.28.9', false],
    ['7.29.0', true],
    ['8.8.0', false],
    ['8.9.0', true],
    ['9.0.0', true],
    ['6.21.0', false],
  ])('would show undici %s as fixed: %s', (version, fixed) => {
    expect(isFixed(version, fixedIn.undici ?? [])).toBe(fixed);
  });

  it('come from the registry, each with its checksum', () => {
    const others = packages.filter(
      ({ resolved, integrity }) =>
        // Without an address of its own, a package comes from the registry that npm is set to.
        resolved?.startsWith('https://registry.npmjs.org/') === false ||
        integrity?.startsWith('sha512-') !== true,
    );
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  const needs = (range: string): number => Number(/^\s*>=\s*(\d+)/.exec(range)?.[1] ?? 0);
  const tooNew = packages.filter(({ engines }) => needs(engines?.node ?? '') > 20);

  it('that run in production accept Node 20.19', () => {
    expect(tooNew.filter(({ dev }) => dev !== true).map(({ name }) => name)).toEqual([]);
  });

  it('that compose subgraphs and run gateways accept it too', () => {
    const federation = /^@(?:apollo|graphql-hive|graphql-mesh)\//;
    expect(packages.filter(({ name }) => federation.test(name)).length).toBeGreaterThan(20);
    expect(tooNew.filter(({ name }) => federation.test(name)).map(({ name }) => name)).toEqual([]);
  });
});
