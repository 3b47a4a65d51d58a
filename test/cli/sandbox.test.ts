import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from '../support/server-process';

const root = join(__dirname, '..', '..');
const file = join(root, 'dist', 'cli', 'sandbox.js');

describe('npm run sandbox', () => {
  beforeAll(() => build(), 300_000);

  it('prints calls that all work as pasted', async () => {
    const child = spawn(process.execPath, [file, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('README.md')) await once(child.stdout, 'data');
    const answers: unknown[] = [];
    for (const [line] of output.matchAll(/^ +curl .*$/gm)) {
      const { stdout } = await promisify(execFile)('bash', ['-c', line], { maxBuffer: 1e7 });
      answers.push(JSON.parse(stdout));
    }
    expect(answers).toMatchObject([
      { partner: { mchid: '1900000001' } },
      { entries: [] },
      {},
      { openid: expect.any(String) as string },
      { userCardCode: '470100023757' },
      // Nothing listens there; the delivery was attempted again nevertheless.
      { eventType: 'BRAND_MEMBER_CARD.USER_CARD.DELETE', state: 'underway' },
    ]);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it.each([
    [['--port', 'web'], '--port must be a number from 0 to 65535'],
    [['--documents', '2024'], '--documents must be 2025 or 2026'],
    [['--brand', '1004'], "Unknown option '--brand'"],
  ])('ends with one clear message for %j', async (args, message) => {
    const run = promisify(execFile)(process.execPath, [file, ...args]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message) as string,
    });
  });
});
