import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from '../support/server-process';
import { freePort } from '../support/free-port';

const root = join(__dirname, '..', '..');

describe('the demo', () => {
  it("opens a card on its brand's route, so that the notification is the brand's", async () => {
    await build();
    const port = await freePort();
    const demo = spawn(process.execPath, [join(root, 'dist', 'main.js'), '--port', String(port)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    demo.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      while (!output.includes('Going live')) await once(demo.stdout, 'data');
      // Pinned, so that an id is still valid after a restart.
      const id =
        'CUuFhQn5UNBzcTQVJlQVwVeMD6iXbHAdZYzyx_JtxidMlQlAOrTUIQ7hsjjIXXb7vGGeFA9K4cKQiXgmU136lxHkkSoCJEZmJDdlAI4m9YIiDQL4UckZi02Pg8pjdAiVu-whhhO390kMAsmYetvz5iiw2VA6';
      const named = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ userCard(by: { id: "${id}" }) { id userCardCode } }` }),
      });
      expect(await named.json()).toMatchObject({ data: { userCard: { id, userCardCode: '478515832665' } } });
      const opened = await fetch(`http://127.0.0.1:${port}/explorer/open-card`, {
        method: 'POST',
        headers: { 'x-explorer': '1' },
      });
      expect(opened.status).toBe(200);
      const [, sandbox = ''] = /Upstream +(\S+)/.exec(output) ?? [];
      const deliveries = (await (await fetch(`${sandbox}/sandbox/deliveries`)).json()) as object[];
      expect(deliveries).toMatchObject([{ eventType: 'BRAND_MEMBER_CARD_SP.USER_CARD.CREATE' }]);
    } finally {
      demo.kill();
      await once(demo, 'exit');
    }
  }, 60_000);
});
