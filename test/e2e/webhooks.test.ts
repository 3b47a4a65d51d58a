import { spawn, type ChildProcess } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print } from 'graphql';
import { webhookKinds } from '../../src/webhooks/settings';
import { freePort } from '../support/free-port';
import { RedeliverWebhookDocument, WebhookDeliveriesDocument } from '../support/operations';
import { testApp, type TestApp } from '../support/test-app';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver';

const root = join(__dirname, '..', '..');
const brandId = '1004';
const secret = randomBytes(32);

describe('the receiver of the README', () => {
  let app: TestApp;
  let receiver: ChildProcess;
  let directory: string;
  let printed = '';
  let gone: WebhookReceiver;
  let status = 410;
  beforeAll(async () => {
    gone = await startReceiver(() => status);
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
          {
            id: 'gone',
            url: gone.url,
            secret: createSecretKey(secret),
            kinds: ['POINT_EXCHANGE_COUPON'],
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
    await gone.close();
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
    expect(metrics).toMatch(/^membercard_webhook_attempts_total\{outcome="delivered"\} [1-9]\d*$/m);
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

  it('is listed when it was given up, and delivered again when staff asks for it', async () => {
    interface Listed {
      readonly webhookDeliveries: {
        readonly nodes: readonly Readonly<Record<string, unknown>>[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    }
    const list = async (variables: object) =>
      (await app.ask<Listed>(print(WebhookDeliveriesDocument), { ...variables })).data?.webhookDeliveries;
    const redeliver = (deliveryId: unknown) =>
      app.ask(print(RedeliverWebhookDocument), { input: { deliveryId } });
    await app.sandbox.users.exchangePoints({ ...app.sandbox.example, brandId, points: 12 }).delivered;
    let dead = await list({ state: 'DEAD' });
    while (dead?.nodes.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      dead = await list({ state: 'DEAD' });
    }
    expect(dead?.nodes).toMatchObject([
      {
        webhook: 'gone',
        brandId,
        kind: 'POINT_EXCHANGE_COUPON',
        state: 'DEAD',
        attempts: 1,
        nextAttemptAt: null,
        lastResult: 'HTTP_410',
      },
    ]);
    status = 200;
    const { deliveryId } = dead?.nodes[0] ?? {};
    const { data } = await redeliver(deliveryId);
    expect(data).toMatchObject({
      redeliverWebhook: { delivery: { deliveryId, state: 'WAITING' }, userErrors: [] },
    });
    const [first, second] = await gone.has(2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(app.intents.at(-1)).toMatchObject({ operation: 'redeliverWebhook', fields: [] });
    expect(app.audit.at(-1)).toMatchObject({ operation: 'redeliverWebhook', outcome: 'OK' });
    for (const none of ['999999', 'x', '-1'])
      expect((await redeliver(none)).data).toMatchObject({
        redeliverWebhook: {
          delivery: null,
          userErrors: [{ code: 'NOT_FOUND', field: ['input', 'deliveryId'] }],
        },
      });
    const page = await list({ first: 1 });
    expect(page).toMatchObject({ nodes: [{ webhook: 'gone' }], pageInfo: { hasNextPage: true } });
    const next = await list({ first: 1, after: page?.pageInfo.endCursor });
    expect(Number(next?.nodes[0]?.deliveryId)).toBeLessThan(Number(page?.nodes[0]?.deliveryId));
  });
});
