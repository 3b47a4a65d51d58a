import { firstExample } from '../../src/sandbox/seed';
import { testApp, type TestApp } from '../support/test-app';

const realNow = Date.now;
/** Sets the clock of this machine as the process sees it; the clock that counts elapsed time goes on. */
const setWall = (byMs: number): void => {
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + byMs);
};

const card = (index: number): string =>
  `c${String(index)}: userCards(by: [{ key: { brandId: "1001622624", cardId: "p1001622624Seed-Template-0", openid: "o1001622624-member-${String(index * 3).padStart(5, '0')}", userCardCode: "471${String(100_000_000 + index * 3 * 7919)}" } }]) { level }`;

describe('a machine whose clock is set', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  it.each([
    ['back by 20 s', -20_000],
    ['back by an hour', -3_600_000],
    ['forward by 10 minutes', 600_000],
  ])('%s keeps its reads and its budget', async (_, byMs) => {
    // The calls take slots, so that there is something which a step could push into the future.
    expect((await app.ask(`{ ${[0, 1, 2, 3].map(card).join(' ')} }`)).errors).toEqual([]);
    setWall(byMs);
    expect((await app.ask(`{ ${[4, 5, 6, 7].map(card).join(' ')} }`)).errors).toEqual([]);
    const { userCardCode } = firstExample;
    const { errors } = await app.ask(
      `mutation { updateUserCard(input: { userCard: { key: { brandId: "1004", cardId: "${firstExample.cardId}", openid: "${firstExample.openid}", userCardCode: "${userCardCode}" } }, level: "金卡会员" }) { userErrors { code } } }`,
    );
    expect(errors).toEqual([]);
  });
});
