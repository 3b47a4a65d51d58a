import { createClient } from 'graphql-sse';
import { testApp, type TestApp } from '../support/test-app';

const subscription = `subscription ($brandId: ID!, $lastEventId: ID) {
  userCardEvents(brandId: $brandId, lastEventId: $lastEventId) {
    eventId eventType brandId cardId openid userCardCode createTime
    pointExchange { recordId deductPoints exchangeCouponTemplateId }
  }
}`;

describe('notifications', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  it('arrive at a subscriber', async () => {
    const client = createClient({ url: `${app.url}/stream` });
    const events = client.iterate({ query: subscription, variables: { brandId: '1004' } });
    const first = events.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { openid, delivered } = app.sandbox.users.open({
      brandId: '1004',
      cardId: app.sandbox.example.cardId,
    });
    await delivered;
    const { value } = await first;
    expect(value).toMatchObject({ data: { userCardEvents: { eventType: 'USER_CARD_CREATE', openid } } });
    await events.return?.();
  });
});
