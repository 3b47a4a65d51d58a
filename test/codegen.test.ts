import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');

/** The project with a schema of one field and one operation: the generator and its configuration are the real ones. */
describe('npm run codegen', () => {
  let project: string;
  const at = (name: string): string => join(project, name);
  const generate = () => promisify(execFile)(process.execPath, [at('deploy/codegen.mjs')], { cwd: project });
  const generated = 'test/support/operations.ts';
  const generatedAt = (): bigint => statSync(at(generated), { bigint: true }).mtimeNs;
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };

  beforeAll(async () => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'codegen-')));
    for (const name of ['package.json', 'package-lock.json', 'codegen.yml', 'deploy'])
      cpSync(join(root, name), at(name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), at('node_modules'));
    write('schema/schema.graphql', 'type Query { level: String }\n');
    write('schema/operations/level.graphql', 'query Level { level }\n');
    write('console/operations/page.graphql', 'query Page { level }\n');
    mkdirSync(at('console/src/api'), { recursive: true });
    await generate();
  }, 60_000);
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  it('generates the documents', () => {
    expect(readFileSync(at(generated), 'utf8')).toMatch(/LevelDocument/);
  });

  it('does nothing if nothing has changed', async () => {
    const before = generatedAt();
    await generate();
    expect(generatedAt()).toBe(before);
  });

  it.each([
    ['schema/schema.graphql', '# more\n'],
    ['schema/operations/level.graphql', 'query Again { level }\n'],
    [generated, '// by hand\n'],
  ])('generates again if %s has changed', async (name, more) => {
    const before = generatedAt();
    appendFileSync(at(name), more);
    await generate();
    expect(generatedAt()).not.toBe(before);
    expect(readFileSync(at(generated), 'utf8')).not.toMatch(/by hand/);
  });

  it('fails if an operation does not fit the schema, and fails again the next time', async () => {
    write('schema/operations/wrong.graphql', 'query Wrong { missing }\n');
    await expect(generate()).rejects.toMatchObject({ code: 1 });
    await expect(generate()).rejects.toMatchObject({ code: 1 });
    rmSync(at('schema/operations/wrong.graphql'));
    await generate();
  });
});
