import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const src = join(__dirname, '..', 'src');
const root = join(__dirname, '..');
/** What `eslint.rooms.mjs` enforces. */
const rooms = JSON.parse(readFileSync(join(root, 'rooms.json'), 'utf8')) as Readonly<
  Record<string, { readonly holds: string; readonly mayImport: readonly string[] }>
>;
const names = Object.keys(rooms);

const wallClockReaders = [
  'app/app.ts',
  'app/bulk.ts',
  'app/dependency-findings.ts',
  'app/findings.ts',
  'app/request-context.ts',
  'app/webhooks.ts',
  'audit/audit-log.ts',
  'auth/access-tokens.ts',
  'auth/api-keys.ts',
  'bulk/engine.ts',
  'bulk/run-operation.ts',
  'cli/api-keys.ts',
  'config/load.ts',
  'database/open-database.ts',
  'directory/covered-brands.ts',
  'directory/directory.ts',
  'directory/feed.ts',
  'directory/presence.ts',
  'notifications/receive.ts',
  'operating/budget-ledger.ts',
  'operating/upstream-watch.ts',
  'server/subscriptions/watch-credential.ts',
  'shared/clock.ts',
  'tracing/tracing.ts',
  'traffic/cache/cache.ts',
  'traffic/cache/shared-entries.ts',
  'traffic/limiter/offline-share.ts',
  'webhooks/message.ts',
  'webhooks/sender.ts',
  'wechatpay/accounts/account.ts',
  'wechatpay/crypto/upstream-clock.ts',
  'wechatpay/transport/partner-certificates.ts',
  'wechatpay/transport/transport.ts',
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name));
const sourceOf = (file: string): string => readFileSync(file, 'utf8');
const importsOf = (file: string): readonly string[] =>
  [...sourceOf(file).matchAll(/(?:from |import\(|import )'(\.[^']+)'/g)].map(([, path]) => {
    const target = resolve(dirname(file), (path ?? '').replace(/\.js$/, ''));
    return files.find((candidate) => candidate === `${target}.ts`) ?? target;
  });

/** The innermost room of the file. */
const roomOf = (file: string): string | undefined =>
  names
    .filter((name) => name === relative(src, file) || relative(src, file).startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];

/** The first cycle, or none. */
const circleIn = (graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] => {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): readonly string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...path, node]);
      if (circle.length > 0) return circle;
    }
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const circle = visit(node, []);
    if (circle.length > 0) return circle;
  }
  return [];
};

describe('the architecture', () => {
  it('has the rooms that its README lists, with the law that lint enforces', () => {
    const rows = readFileSync(join(src, 'README.md'), 'utf8').matchAll(
      /^\| `([^`]+)` *\| (.+?) *\| (.+?) *\|$/gm,
    );
    const listed = Object.fromEntries(
      [...rows].map(
        ([, name, holds, mayImport]) =>
          [
            String(name),
            { holds, mayImport: mayImport === 'nothing' ? [] : mayImport?.replaceAll('`', '').split(', ') },
          ] as const,
      ),
    );
    expect(listed).toEqual(rooms);
  });

  it('has no file outside a room, and no room without a file', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
    const used = new Set(files.map(roomOf));
    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });

  it('allows no cycle of rooms', () => {
    const law = new Map(
      Object.entries(rooms).map(([name, { mayImport }]) => [
        name,
        new Set(mayImport.map((other) => other.replace(' (types)', ''))),
      ]),
    );
    expect([...law.values()].flatMap((others) => [...others]).filter((other) => !law.has(other))).toEqual([]);
    expect(circleIn(law)).toEqual([]);
  });

  it('has no cycle of files, types included', () => {
    const graph = new Map(files.map((file) => [file, new Set(importsOf(file))]));
    expect(circleIn(graph).map((file) => relative(src, file))).toEqual([]);
  });

  it('has no import of a missing file', () => {
    expect(files.flatMap(importsOf).filter((target) => !files.includes(target))).toEqual([]);
  });

  it('applies the import table to `import()` too, which lint does not check', () => {
    const wrong = files.flatMap((file) =>
      [...sourceOf(file).matchAll(/(?:import|require)\(\s*['"`](\.[^'"`]+)/g)]
        .map(([, path]) => roomOf(`${resolve(dirname(file), path ?? '')}.ts`) ?? '')
        .filter((room) => room !== roomOf(file) && !rooms[roomOf(file) ?? '']?.mayImport.includes(room))
        .map((room) => `${relative(src, file)} → ${room}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has files of one idea: none above 250 lines', () => {
    const long = files.map((file) => [relative(src, file), sourceOf(file).split('\n').length - 1] as const);
    expect(long.filter(([, lines]) => lines > 250)).toEqual([]);
  });

  it('reads the machine’s clock only where people or other processes read the date', () => {
    // Waits, slots, ages and deadlines by this clock would be wrong by as much as someone sets it.
    expect(
      files
        .filter((file) => sourceOf(file).includes('wallNow'))
        .map((file) => relative(src, file))
        .sort(),
    ).toEqual(wallClockReaders);
  });

  it('sends nothing to WeChat Pay past the pipeline', () => {
    // Hosts, attempts and limits apply to what the pipeline sends, and to nothing else.
    const callersOf = (name: string): readonly string[] =>
      files
        .filter((file) => sourceOf(file).includes(`${name}(`) && !sourceOf(file).includes(`const ${name} =`))
        .map((file) => relative(src, file));
    expect(callersOf('createSignedHttp')).toEqual(['wechatpay/transport/transport.ts']);
    expect(callersOf('createTransport')).toEqual(['app/upstream.ts']);
    expect(sourceOf(join(src, 'app/upstream.ts')).match(/\btransport\.send\b/g)).toHaveLength(1);
  });

  it('has no barrel files', () => {
    expect(files.filter((file) => file.endsWith('/index.ts') || /^export \*/m.test(sourceOf(file)))).toEqual(
      [],
    );
  });
});
