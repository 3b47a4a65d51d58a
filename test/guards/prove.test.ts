import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const modules = `${root}/test/guards`;

/** A project with a guard, and its tests. */
const files = {
  'src/limit.ts': 'export const limit = (value: number): number => Math.min(value, 10);\n',
  'src/other.ts': 'export const other = 1;\n',
  'test/limit.test.ts': `
    import { appendFileSync } from 'node:fs';
    import { limit } from '../src/limit';
    it('is kept', () => expect(limit(20)).toBe(10));
    it('runs after it', () => appendFileSync(process.env.RAN ?? '', 'x'));
  `,
  'test/blind.test.ts': `
    import { limit } from '../src/limit';
    it('looks away', () => expect(limit(5)).toBe(5));
  `,
  'test/red.test.ts': `
    import { limit } from '../src/limit';
    it('is always red', () => expect(limit(20)).toBe(11));
  `,
  'test/open.test.ts': `
    import { createServer } from 'node:net';
    import { limit } from '../src/limit';
    it('leaves a server when it is red', () => {
      if (limit(20) > 10) createServer().listen(0);
      expect(limit(20)).toBe(10);
    });
  `,
};

describe('guards are taken out', () => {
  const project = mkdtempSync(join(tmpdir(), 'guarded-'));
  beforeAll(() => {
    for (const name of ['src', 'test/support', 'test/guards'])
      mkdirSync(join(project, name), { recursive: true });
    const scripts = readdirSync(modules).filter((name) => name.endsWith('.mjs'));
    const copied = [
      'package.json',
      'package-lock.json',
      'jest.config.mjs',
      'test/support/make-key-pairs.mjs',
    ];
    for (const name of [...copied, ...scripts.map((script) => `test/guards/${script}`)])
      cpSync(join(root, name), join(project, name));
    symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  });
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  const run = (script: string): unknown =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: project,
        encoding: 'utf8',
        env: { ...process.env, RAN: join(project, 'ran') },
      }),
    );

  it('and each is judged by its tests alone', () => {
    const outcome = run(`
      import { existsSync } from 'node:fs';
      import { createTree } from '${modules}/tree.mjs';
      import { prove } from '${modules}/prove.mjs';
      const tree = createTree(process.cwd());
      const out = { file: 'src/limit.ts', find: 'Math.min(value, 10)', replace: 'value', only: '' };
      const guard = (name, change) => ({ ...out, name, tests: ['test/' + name + '.test.ts'], ...change });
      const guards = [
        guard('limit', {}),
        guard('limit', { only: 'a test that nobody wrote' }),
        guard('limit', { replace: ')' }),
        guard('blind', {}),
        guard('red', {}),
        guard('open', {}),
        guard('blind', {}),
        guard('limit', { tests: ['test/blind.test.ts', 'test/limit.test.ts'] }),
      ];
      const results = await prove(tree, guards, () => undefined);
      const home = tree.directory;
      const hasRun = existsSync(process.env.RAN);
      tree.dispose();
      console.log(JSON.stringify([results.map(([, { state, text }]) => [state, text]), hasRun, existsSync(home)]));
    `);
    expect(outcome).toEqual([
      [
        ['red', 'is kept'],
        ['WRONG', 'no such test ran'],
        ['GREEN', 'test/limit.test.ts does not load'],
        ['GREEN', '1 tests stay green'],
        ['WRONG', expect.stringContaining('red with the guard in: is always red')],
        ['red', 'leaves a server when it is red'],
        ['GREEN', '1 tests stay green'],
        ['red', 'is kept'],
      ],
      false,
      false,
    ]);
  }, 120_000);

  it('and a proof ends with a change of anything that decides it', () => {
    const outcome = run(`
      import { readFileSync, writeFileSync } from 'node:fs';
      import { createKeys } from '${modules}/keys.mjs';
      import { openProofs } from '${modules}/proofs.mjs';
      const named = (name, test) => ({ name, file: 'src/limit.ts', find: 'a', replace: 'b', tests: [test], only: '' });
      const [alone, reads] = [named('alone', 'test/blind.test.ts'), named('reads', 'test/limit.test.ts')];
      const open = () => openProofs('proofs.json', createKeys(process.cwd(), 'proofs.json'), 'c0ffee');
      const first = open();
      const proof = { text: 'is kept', test: { file: 'test/blind.test.ts', name: 'looks away' }, reason: '', seconds: 1 };
      for (const guard of [alone, reads]) first.keep(guard, proof);
      const found = (change) => {
        const text = change === undefined ? undefined : readFileSync(change, 'utf8');
        if (text !== undefined) writeFileSync(change, text + '\\n');
        const proofs = open();
        const kept = [alone, reads].filter((guard) => proofs.find(guard) !== undefined).map(({ name }) => name);
        if (text !== undefined) writeFileSync(change, text);
        return kept.join();
      };
      const changes = [undefined, 'src/other.ts', 'test/red.test.ts', 'src/limit.ts', 'test/blind.test.ts', 'test/limit.test.ts', 'jest.config.mjs', 'package-lock.json', 'test/guards/prove.mjs'];
      const proofs = open();
      const others = [{ replace: 'c' }, { find: 'b' }, { only: 'looks' }, { tests: [] }].map((change) => proofs.find({ ...alone, ...change }));
      console.log(JSON.stringify([changes.map(found), others.filter((proof) => proof !== undefined), proofs.lastTest({ ...alone, find: 'b' }).name]));
    `);
    expect(outcome).toEqual([
      ['alone,reads', 'alone', 'alone,reads', '', 'reads', 'alone', '', '', ''],
      [],
      'looks away',
    ]);
  });
});
