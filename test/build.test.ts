import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');

/** What the compiler asks for even without a library, and what the sources below use. */
const globals = `
${[
  'Boolean',
  'CallableFunction',
  'Function',
  'IArguments',
  'NewableFunction',
  'Number',
  'Object',
  'RegExp',
  'String',
]
  .map((name) => `interface ${name} {}`)
  .join('\n')}
interface Array<T> { length: number; [index: number]: T }
interface TypedPropertyDescriptor<T> { value?: T }
declare const __dirname: string;
declare const require: (name: 'node:fs') => {
  mkdirSync(path: string, options: { recursive: true }): void;
  writeFileSync(path: string, text: string): void;
};
`;

/** The real one copies GraphiQL. */
const explorer = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync(\`\${__dirname}/assets\`, { recursive: true });
writeFileSync(\`\${__dirname}/assets/graphiql.js\`, '');
export {};
`;

/** The project with only a few sources; the compiler, its options and the build step are the real ones. */
describe('npm run build', () => {
  let project: string;
  beforeAll(async () => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'build-')));
    for (const name of [
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'deploy',
    ])
      cpSync(join(root, name), at(name), { recursive: true });
    // Each build would read the types of the language and of Node again, which takes most of its time.
    change('tsconfig.json', { noLib: true, lib: undefined });
    change('tsconfig.build.json', { types: [] });
    mkdirSync(at('src/server/explorer'), { recursive: true });
    writeFileSync(at('src/globals.d.ts'), globals);
    writeFileSync(at('src/server/explorer/assemble.ts'), explorer);
    // What the console has of the server.
    mkdirSync(at('src/bulk/files'), { recursive: true });
    for (const name of ['columns', 'kinds']) writeFileSync(at(`src/bulk/files/${name}.ts`), 'export {};\n');
    // The real one makes a database, which takes seconds.
    mkdirSync(at('src/database'));
    writeFileSync(at('src/database/assemble.ts'), 'export {};\n');
    writeFileSync(at('src/main.ts'), "export const word = 'first';\n");
    mkdirSync(at('console/src/api'), { recursive: true });
    for (const name of ['console/index.html', 'console/tsconfig.json']) cpSync(join(root, name), at(name));
    writeFileSync(at('console/src/main.tsx'), "import './main.css';\ndocument.title = 'first';\n");
    writeFileSync(at('console/src/main.css'), 'body { margin: 0 }\n');
    writeFileSync(
      at('console/src/api/documents.ts'),
      "export const OneDocument = 'query One { __typename }';\n",
    );
    symlinkSync(join(root, 'node_modules'), at('node_modules'));
    await build();
  }, 300_000);
  afterAll(() => {
    rmSync(project, { recursive: true });
  });
  const at = (name: string): string => join(project, name);
  const change = (name: string, options: Readonly<Record<string, unknown>>): void => {
    const file = JSON.parse(readFileSync(at(name), 'utf8')) as { readonly compilerOptions: object };
    writeFileSync(
      at(name),
      JSON.stringify({ ...file, compilerOptions: { ...file.compilerOptions, ...options } }),
    );
  };
  const build = () => promisify(execFile)(process.execPath, [at('deploy/build.mjs')], { cwd: project });
  const builtAt = (): bigint => statSync(at('dist/.build.json'), { bigint: true }).mtimeNs;

  it('does nothing when nothing has changed', async () => {
    const before = builtAt();
    await build();
    expect(builtAt()).toBe(before);
  });

  const pageOf = (): string => readFileSync(at('dist/console/index.html'), 'utf8');
  const bundledAt = (): bigint => statSync(at('dist/console/.bundle.json'), { bigint: true }).mtimeNs;

  it('bundles the console, with its documents as they are sent', () => {
    const [, script = ''] = /src="assets\/([^"]+)"/.exec(pageOf()) ?? [];
    expect(readFileSync(at(`dist/console/assets/${script}`), 'utf8')).toContain('document.title');
    expect(pageOf()).toMatch(/href="assets\/console-[A-Z0-9]{8}\.css"/);
    expect(
      Object.values(JSON.parse(readFileSync(at('dist/console/documents.json'), 'utf8')) as object),
    ).toEqual(['query One { __typename }']);
  });

  it('bundles the console again only if it has changed', async () => {
    const [page, before] = [pageOf(), bundledAt()];
    writeFileSync(at('src/main.ts'), "export const word = 'server only';\n");
    await build();
    expect([pageOf(), bundledAt()]).toEqual([page, before]);
    writeFileSync(at('console/src/main.tsx'), "import './main.css';\ndocument.title = 'second';\n");
    await build();
    expect(pageOf()).not.toBe(page);
  });

  it('is done by one of several processes that start together; none runs incomplete output', async () => {
    writeFileSync(at('src/main.ts'), "export const word = 'together';\n");
    const builds = [build(), build(), build()];
    await Promise.race(builds);
    const first = builtAt();
    await Promise.all(builds);
    expect(builtAt()).toBe(first);
  });

  it('does not wait for a build that was killed', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(at('dist/.build.lock'), String(pid));
    writeFileSync(at('src/main.ts'), "export const word = 'afterwards';\n");
    await build();
    expect(readFileSync(at('dist/main.js'), 'utf8')).toMatch(/'afterwards'/);
    expect(existsSync(at('dist/.build.lock'))).toBe(false);
  });

  it.each([
    'package-lock.json',
    'package.json',
    'tsconfig.build.json',
    'deploy/build.mjs',
    'deploy/files.mjs',
    'deploy/bundle-console.mjs',
    'console/index.html',
  ])('builds when %s has changed', async (name) => {
    const before = builtAt();
    writeFileSync(at(name), `${readFileSync(at(name), 'utf8')}\n`);
    await build();
    expect(builtAt()).not.toBe(before);
  });

  it('builds changed content even if size and time are the same', async () => {
    const { mtime } = statSync(at('src/main.ts'));
    writeFileSync(at('src/main.ts'), "export const word = 'again';\n");
    await promisify(execFile)('touch', ['-d', mtime.toISOString(), at('src/main.ts')]);
    await build();
    expect(readFileSync(at('dist/main.js'), 'utf8')).toMatch(/'again'/);
  });

  it.each([
    'dist',
    'dist/main.js',
    'dist/server/explorer/assets/graphiql.js',
    'dist/console/index.html',
    'dist/.build.json',
  ])('builds when %s is gone', async (name) => {
    rmSync(at(name), { recursive: true });
    await build();
    expect(existsSync(at('dist/main.js'))).toBe(true);
    expect(existsSync(at('dist/server/explorer/assets/graphiql.js'))).toBe(true);
    expect(existsSync(at('dist/console/index.html'))).toBe(true);
  });

  it('builds when what was built has been changed by hand', async () => {
    writeFileSync(at('dist/main.js'), 'rubbish');
    await build();
    expect(readFileSync(at('dist/main.js'), 'utf8')).not.toBe('rubbish');
  });

  it('fails if the sources have an error, and fails again the next time', async () => {
    writeFileSync(at('src/wrong.ts'), 'export const word: number = "";\n');
    await expect(build()).rejects.toMatchObject({ code: 2 });
    await expect(build()).rejects.toMatchObject({ code: 2 });
    unlinkSync(at('src/wrong.ts'));
    await build();
  });

  describe('without development packages', () => {
    beforeAll(() => {
      unlinkSync(at('node_modules'));
    });
    afterAll(() => {
      symlinkSync(join(root, 'node_modules'), at('node_modules'));
    });

    it('uses an up-to-date build, and refuses an outdated one', async () => {
      await build();
      writeFileSync(at('src/other.ts'), 'export const other = 1;\n');
      await expect(build()).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/run npm ci/) as string,
      });
      unlinkSync(at('src/other.ts'));
      await build();
    });

    it('uses the build if there are no sources', async () => {
      cpSync(at('src'), at('src.away'), { recursive: true });
      rmSync(at('src'), { recursive: true });
      await build();
      cpSync(at('src.away'), at('src'), { recursive: true });
      rmSync(at('src.away'), { recursive: true });
    });
  });
});
