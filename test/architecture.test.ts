import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const src = join(__dirname, '..', 'src');

/** Folder → folders it may import. Read top to bottom: data flows this way, and so do imports. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'config',
    'sandbox',
    'server',
    'graphql',
    'notifications',
    'wechatpay',
    'traffic',
    'auth',
    'audit',
    'shared',
  ],
  metrics: ['server', 'traffic', 'shared'],
  server: ['traffic', 'auth', 'shared'],
  graphql: ['loaders', 'events', 'wechatpay', 'traffic', 'auth', 'audit', 'shared'],
  loaders: ['wechatpay', 'traffic', 'shared'],
  notifications: ['events', 'wechatpay', 'traffic', 'shared'],
  events: ['store', 'shared'],
  config: ['wechatpay', 'auth', 'shared'],
  wechatpay: ['traffic', 'shared'],
  traffic: ['store', 'shared'],
  store: ['shared'],
  auth: ['shared'],
  audit: ['shared'],
  shared: [],
  // A stand-in that shared our code would only prove that we agree with ourselves.
  sandbox: [],
};

const wallClockReaders = [
  'app.ts',
  'audit/audit-log.ts',
  'auth/access-tokens.ts',
  'auth/api-keys.ts',
  'cli/api-keys.ts',
  'config/load.ts',
  'operations.ts',
  'request-context.ts',
  'shared/clock.ts',
  'traffic/cache/cache.ts',
  'traffic/cache/shared-entries.ts',
  'traffic/limiter/offline-share.ts',
  'wechatpay/accounts.ts',
  'wechatpay/certificates.ts',
  'wechatpay/upstream-clock.ts',
  'wechatpay/wire.ts',
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name));
const sourceOf = (file: string): string => readFileSync(file, 'utf8');
const folderOf = (file: string): string => relative(src, file).split('/')[0] ?? '';
const importsOf = (file: string): readonly string[] =>
  [...sourceOf(file).matchAll(/(?:from |import\(|import )'(\.[^']+)'/g)].map(([, path]) => {
    const target = resolve(dirname(file), (path ?? '').replace(/\.js$/, ''));
    return files.find((candidate) => candidate === `${target}.ts`) ?? target;
  });

describe('the house', () => {
  it('has imports that go one way', () => {
    const wrong = files.flatMap((file) => {
      const folder = folderOf(file);
      const allowed = mayImport[folder];
      if (allowed === undefined) return []; // files directly in src are roots
      return importsOf(file)
        .filter((target) => folderOf(target) !== folder && !allowed.includes(folderOf(target)))
        .filter((target) => !(folder === 'cli' && !relative(src, target).includes('/')))
        .map((target) => `${relative(src, file)} → ${relative(src, target)}`);
    });
    expect(wrong).toEqual([]);
  });

  it('has imports that all lead somewhere', () => {
    expect(files.flatMap(importsOf).filter((target) => !files.includes(target))).toEqual([]);
  });

  it('has no circle, types included', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file))
        circles.push([...path.slice(path.indexOf(file)), file].map((one) => relative(src, one)).join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of importsOf(file)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('has files of one idea: none above 250 lines', () => {
    const long = files.map((file) => [relative(src, file), sourceOf(file).split('\n').length - 1] as const);
    expect(long.filter(([, lines]) => lines > 250)).toEqual([]);
  });

  it('reads the machine’s clock only where people or other processes read the date', () => {
    // A wait, a slot, an age or a deadline by this clock would be wrong by as much as somebody sets it.
    expect(
      files
        .filter((file) => sourceOf(file).includes('wallNow'))
        .map((file) => relative(src, file))
        .sort(),
    ).toEqual(wallClockReaders);
  });

  it('has no barrel files', () => {
    expect(files.filter((file) => file.endsWith('/index.ts') || /^export \*/m.test(sourceOf(file)))).toEqual(
      [],
    );
  });
});
