import { createSecretKey, randomBytes } from 'node:crypto';
import { openWebhooks } from '../../src/app/webhooks';
import { createDatabase } from '../../src/database/open-database';
import { systemClock } from '../../src/shared/clock';
import type { WebhookEvent } from '../../src/webhooks/dispatcher';
import { webhookMigrations } from '../../src/webhooks/schema';
import { webhookKinds } from '../../src/webhooks/settings';
import { fakeClock } from '../support/fake-clock';
import { keyRing } from '../support/key-ring';
import { describeWithPostgres, startPostgres } from '../support/postgres-server';
import { startReceiver } from '../support/webhook-receiver';

describeWithPostgres('webhooks, when the server stops', () => {
  it('cut off a receiver that does not respond, and leave its message to the next process', async () => {
    const server = await startPostgres();
    const receiver = await startReceiver(() => 'never');
    const database = createDatabase({
      settings: { url: await server.newDatabase() },
      migrations: webhookMigrations,
      clock: systemClock,
    });
    const clock = fakeClock();
    const events: WebhookEvent[] = [];
    const key = createSecretKey(randomBytes(32));
    const webhooks = openWebhooks({
      config: {
        webhooks: [
          {
            id: 'crm',
            url: receiver.url,
            secret: key,
            kinds: webhookKinds,
            personalMembers: [],
            allowPrivateNetwork: true,
          },
        ],
        network: { authorities: [] },
        ids: { key },
      },
      current: () => ({ webhooks: [] }),
      keys: keyRing('k1'),
      clock,
      database,
      observeWebhook: (event) => events.push(event),
    });
    await webhooks?.forward({ eventType: 'USER_CARD_CREATE', brandId: '1004' }, 'n');
    await receiver.has(1);
    const stopping = webhooks?.stop();
    await clock.advance(2_000);
    await stopping;
    expect(events).toMatchObject([{ outcome: 'failed', result: 'UND_ERR_DESTROYED' }]);
    expect(await webhooks?.deliveries.list({ count: 10 })).toMatchObject([
      { messageId: 'evt_1004_n', state: 'WAITING', attempts: 1 },
    ]);
    await database.close();
    await receiver.close();
    await server.close();
  });
});
