import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { EventSource } from 'eventsource';
import { wx } from '../support/clients/wechat';
import { callers } from '../support/callers';
import { png } from '../support/pictures';
import { testApp, type TestApp } from '../support/test-app';

const root = join(__dirname, '..', '..');
/** The blocks of a language that call a server, as a reader would paste them. */
const blocksOf = (document: string, language: 'sh' | 'js'): readonly string[] =>
  [...readFileSync(join(root, document), 'utf8').matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)]
    .filter(([, own, text = '']) => own === language && (language === 'js' || text.includes('curl ')))
    .map(([, , text = '']) => text);

const readmes = ['README.md', 'README.zh-CN.md'];
const event = /"eventType":"SYNC_USER_POINT"|event: next\ndata: .*"userCardEvents"/;

describe('the examples', () => {
  it.each(['sh', 'js'] as const)('are the same in both READMEs: %s', (language) => {
    const [en, zh] = readmes.map((document) => blocksOf(document, language));
    expect(zh).toEqual(en);
    expect(en?.length).toBeGreaterThanOrEqual(2);
  });

  describe('of the shell, pasted', () => {
    let app: TestApp;
    let directory: string;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'readme-examples-'));
      writeFileSync(join(directory, 'card.png'), png(716, 320));
      app = await testApp();
    });
    afterAll(async () => {
      await app.close();
      rmSync(directory, { recursive: true });
    });

    /** What the block prints, until it ends or has printed an event. */
    const paste = (block: string): Promise<string> =>
      new Promise((resolve) => {
        const text = block.replaceAll('http://127.0.0.1:4000', new URL(app.url).origin);
        const shell = spawn('bash', ['-c', text], { cwd: directory, detached: true });
        let printed = '';
        const hear = (chunk: Buffer): void => {
          printed += chunk.toString();
          // A comment is the first thing that a stream sends.
          if (printed.includes(':\n\n') && !event.test(printed))
            void app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
          if (event.test(printed) && shell.pid !== undefined) process.kill(-shell.pid);
        };
        shell.stdout.on('data', hear);
        shell.stderr.on('data', hear);
        shell.on('close', () => {
          resolve(printed);
        });
      });

    it.each(blocksOf('README.md', 'sh').map((block) => [block.trim().slice(0, 60), block] as const))(
      '%s',
      async (_, block) => {
        const printed = await paste(block);
        if (block.includes('-N')) expect(printed).toMatch(event);
        else expect(printed).toMatch(/^\{"data":|"cardPictureUrl":/m);
        expect(printed).not.toContain('"errors"');
      },
    );
  });

  describe.each([true, false])('of JavaScript, auth: %s', (withAuth) => {
    const known = callers({ reader: ['brand:1004:read'] });
    let app: TestApp;
    beforeAll(async () => {
      app = await testApp({
        change: (config) => ({ ...config, ...(withAuth ? { auth: known.settings } : {}) }),
      });
    });
    afterAll(async () => {
      await app.close();
      known.remove();
    });

    const receiving = blocksOf('README.md', 'js').filter((block) => block.includes('show('));
    const receivers = receiving.map((block) => [block.includes('wx.') ? 'wx' : 'browser', block] as const);

    it('has an example for browsers and one for mini programs', () => {
      expect(receivers.map(([client]) => client).sort()).toEqual(['browser', 'wx']);
    });

    it.each(receivers)('%s', async (_, block) => {
      let close: () => void = () => undefined;
      const shown = await new Promise((resolve, reject) => {
        // Until the example has heard of one.
        const timer = setInterval(() => {
          void app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
        }, 200);
        const context = {
          fetch,
          URLSearchParams,
          reject,
          show(value: unknown) {
            clearInterval(timer);
            resolve(value);
          },
          server: new URL(app.url).origin,
          authorization: withAuth ? known.headers.reader.authorization : '',
          EventSource: class extends EventSource {
            constructor(url: string) {
              super(url);
              close = () => {
                this.close();
              };
            }
          },
          wx: {
            connectSocket(options: Parameters<typeof wx.connectSocket>[0]) {
              const task = wx.connectSocket(options);
              close = task.close;
              return task;
            },
          },
        };
        runInNewContext(`(async () => { ${block} })().catch(reject)`, context);
      });
      close();
      expect(shown).toMatchObject({ data: { userCardEvents: { eventType: 'SYNC_USER_POINT' } } });
    });
  });
});
