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

type Command = readonly [program: string, ...words: string[]];
interface Tool {
  readonly before?: Command;
  readonly build: Command;
}

/** What each tool's documentation says to run, in the folder of its frontend. */
const tools: Readonly<Record<'relay' | 'codegen' | 'tada', Tool>> = {
  relay: { build: ['relay-compiler/cli.js', 'relay.config.json'] },
  codegen: { build: ['@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.json', '--verbose'] },
  tada: {
    before: ['gql.tada/bin/cli.js', 'generate-output'],
    build: ['gql.tada/bin/cli.js', 'check', '--fail-on-warn'],
  },
};
const entries = Object.entries(tools);

const run = async (directory: string, [program, ...words]: Command): Promise<void> => {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'node_modules', program), ...words], {
      cwd: directory,
      // GraphQL Code Generator is silent in tests.
      env: { ...process.env, NODE_ENV: 'development' },
    });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${program}: ${stdout}${stderr}`, { cause: error });
  }
};

/** The compilers need seconds of a processor, which others may use at the same time. */
const timeout = 300_000;

describe('the frontends of the fixture', () => {
  const schema = readFileSync(join(root, 'schema/schema.graphql'), 'utf8');
  const directories: string[] = [];
  const project = (sdl: string): string => {
    const directory = projectWith(sdl);
    directories.push(directory);
    return directory;
  };
  afterAll(() => {
    for (const directory of directories) rmSync(directory, { recursive: true });
  });

  it(
    'are compiled by relay-compiler, GraphQL Code Generator and gql.tada, and have exact types',
    async () => {
      const directory = project(schema);
      for (const [name, { before, build }] of entries) {
        if (before !== undefined) await run(join(directory, name), before);
        await run(join(directory, name), build);
      }
      // The frontends have lines that must not compile: they would if a type were too wide.
      await run(directory, ['typescript/bin/tsc', '-p', '.']);
    },
    timeout,
  );

  it.each(entries)(
    'with %s are not built if the schema lacks a field that they select',
    async (name, { build }) => {
      const poorer = schema.replace(/^ {2}userCardState: UserCardStateOrUnknown!$/m, '  other: String');
      expect(poorer).not.toBe(schema);
      await expect(run(join(project(poorer), name), build)).rejects.toThrow('userCardState');
    },
    timeout,
  );
});
