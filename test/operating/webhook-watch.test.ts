import { createWebhookWatch } from '../../src/operating/webhook-watch';
import { fakeClock } from '../support/fake-clock';

describe('a webhook', () => {
  it('is a finding when its deliveries have only failed for 15 minutes, until one succeeds', async () => {
    const clock = fakeClock();
    const { attempted, findings } = createWebhookWatch(clock);
    attempted({ webhook: 'crm', outcome: 'failed', result: 'HTTP_500' });
    attempted({ webhook: 'erp', outcome: 'failed', result: 'TIMEOUT' });
    await clock.advance(899_999);
    expect(findings()).toEqual([]);
    attempted({ webhook: 'crm', outcome: 'dead', result: 'ECONNREFUSED' });
    attempted({ webhook: 'erp', outcome: 'delivered', result: 'HTTP_200' });
    await clock.advance(1);
    expect(findings()).toEqual([
      {
        code: 'webhook.failing',
        level: 'warning',
        detail:
          'no delivery of the webhook crm has succeeded for 15 minutes; the last result was ECONNREFUSED',
      },
    ]);
    attempted({ webhook: 'crm', outcome: 'delivered', result: 'HTTP_200' });
    expect(findings()).toEqual([]);
  });
});
