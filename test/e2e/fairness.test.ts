import { callers } from '../support/callers';
import { testApp } from '../support/test-app';

describe('the call budget of a brand', () => {
  it('is shared between its callers: one who asks for more than there is does not push the other out', async () => {
    const known = callers({ noisy: ['brand:1004:read'], quiet: ['brand:1004:read'] });
    const app = await testApp({ change: (config) => ({ ...config, auth: known.settings }) });
    const card = (name: string): string =>
      `userCard(brandId: "1004", cardId: "c", openid: "o", userCardCode: "${name}") { level }`;
    const flood = Array.from({ length: 60 }, (_, index) =>
      app.ask(`{ ${card(`n${index}`)} }`, {}, known.headers.noisy),
    );
    // The flood is in the queue before the other one asks.
    await Promise.race(flood);
    const { errors } = await app.ask(`{ ${card('quiet')} }`, {}, known.headers.quiet);
    expect(errors).toEqual([]);
    const refused = (await Promise.all(flood)).filter((answer) => answer.errors.length > 0);
    expect(refused.length).toBeGreaterThan(0);
    await app.close();
    known.remove();
  });
});
