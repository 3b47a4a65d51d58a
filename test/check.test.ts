import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly needs?: readonly string[];
  readonly alone?: boolean;
  readonly beside?: number;
  readonly minutes?: number;
}

/** A program that writes its start and end, which shows what ran in parallel. */
const step = (
  name: string,
  { code = 0, ms = 200, ...more }: { code?: number; ms?: number } & Partial<Step> = {},
): Step => ({
  name,
  command: [
    process.execPath,
    '-e',
    `console.log('began', ${JSON.stringify(name)}, Date.now());
     setTimeout(() => { console.log('ended', ${JSON.stringify(name)}, Date.now()); process.exit(${code}); }, ${ms});`,
  ],
  ...more,
});

const program = (steps: readonly Step[], atOnce: number): string => `
  import { runSteps, table } from ${JSON.stringify(join(root, '.ci/steps.mjs'))};
  const steps = ${JSON.stringify(steps)};
  const results = await runSteps(steps, { atOnce: ${atOnce}, cwd: '.' });
  console.log(table(steps, results, 1234));
`;

const run = async (steps: readonly Step[], atOnce = 2) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    program(steps, atOnce),
  ]);
  const at = (what: 'began' | 'ended', name: string): number =>
    Number(new RegExp(`^${what} ${name} (\\d+)`, 'm').exec(stdout)?.[1] ?? NaN);
  const stateOf = (name: string) => new RegExp(`^${name} .* s {2}(.*)$`, 'm').exec(stdout)?.[1];
  return { stdout, at, stateOf };
};

describe('the steps of a check', () => {
  it('start after the steps that they need', async () => {
    const { at, stateOf } = await run([step('later', { needs: ['first'] }), step('first')]);
    expect(at('began', 'later')).toBeGreaterThanOrEqual(at('ended', 'first'));
    expect(stateOf('later')).toBe('ok');
  });

  it('run in parallel up to the allowed number', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'steps-'));
    /** Ends when the other has begun. */
    const meeting = (name: string, other: string): Step => ({
      name,
      command: [
        process.execPath,
        '-e',
        `const { existsSync, writeFileSync } = require('node:fs');
         writeFileSync(${JSON.stringify(join(directory, name))}, '');
         const timer = setInterval(() => {
           if (!existsSync(${JSON.stringify(join(directory, other))})) return;
           clearInterval(timer);
           console.log('ended', ${JSON.stringify(name)}, Date.now());
         }, 5);`,
      ],
    });
    const { at } = await run([meeting('a', 'b'), meeting('b', 'a'), step('c')]);
    expect(at('began', 'c')).toBeGreaterThanOrEqual(Math.min(at('ended', 'a'), at('ended', 'b')));
    rmSync(directory, { recursive: true });
  });

  it('run alone if they measure time', async () => {
    const { at } = await run([step('a'), step('measured', { alone: true }), step('b')], 3);
    expect(at('began', 'measured')).toBeGreaterThanOrEqual(at('ended', 'a'));
    expect(at('began', 'b')).toBeGreaterThanOrEqual(at('ended', 'measured'));
  });

  it('run beside a step that measures time as it allows, one after the other and at a lower priority', async () => {
    const priority = (name: string): Step => ({
      name,
      command: [process.execPath, '-e', "console.log('priority', process.argv[1], os.getPriority())", name],
    });
    const { at, stdout, stateOf } = await run(
      [
        step('build'),
        step('measured', { alone: true, beside: 1, needs: ['build'], ms: 3_000 }),
        step('a', { needs: ['build'] }),
        step('b', { needs: ['build'] }),
        priority('c'),
        step('tests', { alone: true }),
      ],
      3,
    );
    expect(at('began', 'a')).toBeGreaterThanOrEqual(at('ended', 'build'));
    expect(at('began', 'b')).toBeGreaterThanOrEqual(at('ended', 'a'));
    expect(at('ended', 'a')).toBeLessThan(at('ended', 'measured'));
    expect(at('began', 'tests')).toBeGreaterThanOrEqual(at('ended', 'measured'));
    expect(stdout).toContain('priority c 15');
    expect(stateOf('tests')).toBe('ok');
  });

  it('are skipped if a step that they need failed; the others run', async () => {
    const { stdout, stateOf } = await run([
      step('wrong', { code: 3 }),
      step('needy', { needs: ['wrong'] }),
      step('needier', { needs: ['needy'] }),
      step('tests', { alone: true }),
    ]);
    expect(stateOf('wrong')).toBe('FAILED');
    expect(stateOf('needy')).toBe('not run');
    expect(stateOf('needier')).toBe('not run');
    expect(stateOf('tests')).toBe('ok');
    expect(stdout).not.toMatch(/began need/);
    expect(stdout).toMatch(/^total +1\.2 s$/m);
  });

  it('fail when they do not end in time, or cannot be run', async () => {
    const { stdout, stateOf } = await run([
      step('hangs', { ms: 60_000, minutes: 0.01 }),
      { name: 'missing', command: ['no-such-program'] },
    ]);
    expect(stateOf('hangs')).toBe('FAILED');
    expect(stdout).toMatch(/hangs did not end within 0.01 minutes/);
    expect(stateOf('missing')).toBe('FAILED');
    expect(stdout).toMatch(/ENOENT/);
  });

  it('end with the check that runs them', async () => {
    const slow = step('slow', { ms: 60_000, alone: true });
    const check = spawn(process.execPath, ['--input-type=module', '-e', program([slow], 2)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    check.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('began slow')) await once(check.stdout, 'data');
    // Closed as soon as neither the check nor its children hold it.
    const closed = once(check, 'close');
    check.kill('SIGTERM');
    expect(await closed).toEqual([143, null]);
  });
});
