import { spawn, type ChildProcess } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { webhookKinds } from '../../src/webhooks/settings';
import { freePort } from '../support/free-port';
import { testApp, type TestApp } from '../support/test-app';

const root = join(__dirname, '..', '..');
const brandId = '1004';
const secret = randomBytes(32);

describe('the receiver of the README', () => {
  let app: TestApp;
  let receiver: ChildProcess;
  let directory: string;
  let printed = '';
  beforeAll(async () => {
    // Below node_modules, so that its imports are found.
    mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
    directory = mkdtempSync(join(root, 'node_modules', '.cache', 'webhooks-'));
    const [, example = ''] =
      /```js\n(import [^`]*new Webhook\([^`]*)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    const port = await freePort();
    writeFileSync(join(directory, 'receiver.mjs'), example.replace('8080', String(port)));
    receiver = spawn(process.execPath, [join(directory, 'receiver.mjs')], {
      env: { WEBHOOK_SECRET: `whsec_${secret.toString('base64')}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    receiver.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    app = await testApp({
      change: (config) => ({
        ...config,
        metrics: { host: '127.0.0.1', port: 0 },
        database: { directory: join(directory, 'data') },
        webhooks: [
          {
            id: 'readme',
            url: `http://127.0.0.1:${port}/`,
            secret: createSecretKey(secret),
            kinds: webhookKinds,
            personalMembers: [],
            allowPrivateNetwork: true,
          },
        ],
      }),
    });
    // The first statement opens the database, which takes longer than WeChat Pay waits for a response.
    await app.ask(`{ brand(brandId: "${brandId}") { userCardEvents { pageInfo { endCursor } } } }`);
  }, 60_000);
  afterAll(async () => {
    await app.close();
    receiver.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  const says = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(printed)) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('gets the events of a card, in order and without its user, and counts them', async () => {
    const opened = app.sandbox.users.open({
      brandId,
      cardId: app.sandbox.example.cardId,
      openid: 'oWebhook-1',
    });
    await opened.delivered;
    await app.sandbox.users.remove({ brandId, userCardCode: opened.userCardCode }).delivered;
    await says(/USER_CARD_DELETE/);
    expect(printed).toMatch(/^evt_1004_\S+ USER_CARD_CREATE [^]*^evt_1004_\S+ USER_CARD_DELETE /m);
    expect(printed).not.toContain('oWebhook-1');
    expect(printed).not.toContain(opened.userCardCode);
    const metrics = await (await fetch(`${app.operatorsUrl}/metrics`)).text();
    expect(metrics).toMatch(/^membercard_webhook_attempts_total\{outcome="delivered"\} [12]$/m);
  });

  it('gets the id by which the card is read', async () => {
    const { userCardCode } = app.sandbox.example;
    await app.sandbox.users.lookAtPoints({ ...app.sandbox.example, brandId }).delivered;
    await says(/SYNC_USER_POINT[^]*userCardId/);
    const [, id = ''] = /SYNC_USER_POINT[^]*userCardId: '([^']+)'/.exec(printed) ?? [];
    const { data } = await app.ask(`query ($id: ID!) { userCard(by: { id: $id }) { userCardCode } }`, { id });
    expect(data).toEqual({ userCard: { userCardCode } });
  });

  it('gets an event that lacks what its kind needs', async () => {
    await app.sandbox.deliveries.send({
      kind: 'SYNC_USER_POINT',
      route: 'partner',
      notifyUrl: app.notifyUrl,
      resource: { brand_id: brandId, marker: 'm' },
    });
    await says(/ UNKNOWN [^]*\.SYNC_USER_POINT/);
  });
});
