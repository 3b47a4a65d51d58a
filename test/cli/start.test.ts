import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSandbox } from '../support/sandbox';
import { configFile } from '../support/config-on-disk';

const root = join(__dirname, '..', '..');
const main = join(root, 'dist', 'main.js');

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

const start = (...args: string[]): Run => {
  const child = spawn(process.execPath, [main, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, exit: new Promise((resolve) => child.on('exit', resolve)) };
};

const until = async (run: Run, text: RegExp): Promise<string> => {
  for (;;) {
    const [found] = text.exec(run.output()) ?? [];
    if (found !== undefined) return found;
    if (run.child.exitCode !== null) throw new Error(`ended without ${String(text)}: ${run.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('npm start', () => {
  beforeAll(async () => {
    await promisify(execFile)('npm', ['run', 'build', '--silent'], { cwd: root });
  }, 300_000);

  it('prints curls that work as pasted, and ends cleanly on SIGTERM', async () => {
    const run = start('--port', '0');
    const curl = await until(run, /curl -s .*\n/);
    expect(run.output()).toMatch(/this is NOT WeChat Pay/);
    const { stdout } = await promisify(execFile)('bash', ['-c', curl]);
    expect(JSON.parse(stdout)).toMatchObject({ data: { userCard: { userCardState: 'EFFECTIVE' } } });
    for (const field of ['name', 'brandId', 'id'])
      await promisify(execFile)('bash', ['-c', curl.replace('brand { name }', `brand { ${field} name }`)]);
    // Lines are gathered for a moment before they are written.
    await until(run, /a document outside the manifest/);
    expect(run.output().match(/a document outside the manifest/g)).toHaveLength(1);
    const calls = await until(run, /curl -s -X POST .*users\/open.*\n(?:.*\n)*.*deliveries\/resend\n/);
    const answers: unknown[] = [];
    for (const line of calls.split('\n').filter((one) => one.includes('curl'))) {
      const { stdout: answer } = await promisify(execFile)('bash', ['-c', line]);
      answers.push(JSON.parse(answer));
    }
    expect(answers).toEqual([
      {
        openid: expect.stringMatching(/^o/) as string,
        userCardCode: expect.stringMatching(/^\d{24}$/) as string,
      },
      { openid: 'o1004-member-00003', userCardCode: '470100023757' },
      // The server accepts the notification that is sent again.
      expect.objectContaining({
        eventType: 'BRAND_MEMBER_CARD_SP.USER_CARD.DELETE',
        state: 'delivered',
      }) as object,
    ]);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
  });

  it('serves the explorer to a browser', async () => {
    const run = start('--port', '0');
    const address = (await until(run, /http:\/\/127\.0\.0\.1:\d+\/graphql/)).replace(/\s.*/, '');
    const page = await fetch(address, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(/GraphQL explorer/);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'/);
    const { operations } = (await (await fetch(new URL('/explorer/settings.json', address))).json()) as {
      operations: { name: string; query: string; variables: object }[];
    };
    for (const { query, variables } of operations.filter(({ name }) => /^(MemberCard|Brands)$/.test(name))) {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      expect(await response.json()).not.toHaveProperty('errors');
    }
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(0);
  });

  it('reads its configuration again on SIGHUP, and ends cleanly afterwards', async () => {
    const sandbox = await startSandbox({ membersPerBrand: 1 });
    const file = configFile(sandbox);
    file.write({ metrics: { port: '0' } });
    const run = start('--config', file.path);
    const [, operators = ''] = /Metrics at (\S+)/.exec(await until(run, /Metrics at \S+\n/)) ?? [];
    await until(run, /GraphQL for 1 brand/);
    run.child.kill('SIGHUP');
    await until(run, /"applied":\[\],"atNextStart":\[\],"msg":"the changed configuration is in use"/);
    file.put('brand.pem', 'rubbish');
    run.child.kill('SIGHUP');
    await until(run, /privateKeyFile: is not a private key in PEM.*refused; nothing has changed/);
    expect(await (await fetch(operators)).text()).toMatch(/membercard_reloads_total\{outcome="applied"\} 1/);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
    await sandbox.close();
    file.remove();
  });

  it('ends with one clear line if the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const run = start('--port', String(port));
    expect(await run.exit).not.toBe(0);
    expect(run.output().trim()).toBe(
      `Port ${port} is taken: stop what uses it, or choose another with --port.`,
    );
    taken.close();
  });

  it('ends with one clear line if the configuration cannot be read', async () => {
    const run = start('--config', 'no-such-file.yaml');
    expect(await run.exit).not.toBe(0);
    expect(run.output().trim()).toBe(
      'The configuration file no-such-file.yaml cannot be read (it does not exist).',
    );
  });

  it.each([
    [['--config', ''], /--config must be the path of a file/],
    [['--config', '.'], /configuration file \. cannot be read \(EISDIR\)/],
    [['--port', '65536'], /--port must be a number from 0 to 65535/],
    [['config.yaml'], /Unexpected argument 'config\.yaml'/],
  ])('neither starts with %j nor falls back to the demo', async (args, reason) => {
    const run = start(...args);
    expect(await run.exit).toBe(1);
    expect(run.output()).toMatch(reason);
  });

  it('prints the usage for an unknown option', async () => {
    const run = start('--prot', '1');
    expect(await run.exit).not.toBe(0);
    expect(run.output()).toMatch(/--prot[\s\S]*Usage: npm start/);
  });
});
