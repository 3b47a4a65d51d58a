import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..', '..');
const run = promisify(execFile);

/** The frontends of test/fixtures, outside the repository, with the schema and the reviewed operations beside them. */
const projectWith = (schema: string): string => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'frontends-')));
  cpSync(join(root, 'test/fixtures/frontends'), directory, { recursive: true });
  cpSync(join(root, 'schema/operations'), join(directory, 'operations'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  mkdirSync(join(directory, 'relay/__generated__'));
  writeFileSync(join(directory, 'schema.graphql'), schema);
  return directory;
};

/** What each tool's documentation says to run, in the folder of its frontend. */
const tools = {
  relay: [['relay-compiler/cli.js', 'relay.config.json']],
  codegen: [['@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.json', '--verbose']],
  tada: [
    ['gql.tada/bin/cli.js', 'generate-output'],
    ['gql.tada/bin/cli.js', 'check', '--fail-on-warn'],
  ],
} as const;

/** Rejects with what the tool wrote if it failed. */
const build = async (directory: string, name: keyof typeof tools): Promise<void> => {
  for (const [program, ...words] of tools[name])
    await run(process.execPath, [join(directory, 'node_modules', program), ...words], {
      cwd: join(directory, name),
      // GraphQL Code Generator is silent in tests.
      env: { ...process.env, NODE_ENV: 'development' },
    });
};
const names = Object.keys(tools) as (keyof typeof tools)[];

describe('the frontends of the fixture', () => {
  const schema = readFileSync(join(root, 'schema/schema.graphql'), 'utf8');
  let directory: string;
  beforeAll(() => {
    directory = projectWith(schema);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('are compiled by relay-compiler, GraphQL Code Generator and gql.tada, and have exact types', async () => {
    for (const name of names) await build(directory, name);
    // The frontends have lines that must not compile: they would if a type were too wide.
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', directory]);
  });

  it.each(names)('with %s are not built if the schema lacks a field that they select', async (name) => {
    const poorer = schema.replace(/^ {2}userCardState: UserCardStateOrUnknown!$/m, '  other: String');
    expect(poorer).not.toBe(schema);
    const broken = projectWith(poorer);
    const said = await build(broken, name).then(
      () => 'nothing',
      (error: unknown) => {
        const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
        return stdout + stderr;
      },
    );
    expect(said).toContain('userCardState');
    rmSync(broken, { recursive: true });
  });
});
