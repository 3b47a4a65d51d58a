import { testApp, type TestApp } from '../support/test-app';

/** The sandbox's clock moves what depends on dates; the server's rule about the time of a response is not upset. */
describe('a moved clock of the sandbox', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const moveBy = async (days: number): Promise<void> => {
    const response = await fetch(`${app.sandbox.url}/sandbox/clock`, {
      method: 'POST',
      body: JSON.stringify({ days }),
    });
    expect(response.status).toBe(200);
  };
  const read = `{ userCard(by: { key: { brandId: "1004", cardId: "p1004Seed-Template-1", openid: "o1004-member-00001",
    userCardCode: "470100007919" } }, maxAgeSeconds: 0) { userCardState phoneNumber } }`;

  it('expires a card, which the server then reports and cannot change', async () => {
    expect((await app.ask(read)).data).toMatchObject({ userCard: { userCardState: 'EFFECTIVE' } });
    await moveBy(366);
    const { data, errors } = await app.ask(read);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      userCard: { userCardState: 'EXPIRED', phoneNumber: expect.stringMatching(/^1\d{10}$/) as string },
    });
    const change = `mutation { updateUserCard(input: { userCard: { key: { brandId: "1004", cardId: "p1004Seed-Template-1",
      openid: "o1004-member-00001", userCardCode: "470100007919" } }, level: "金" }) { userErrors { field } } }`;
    expect((await app.ask(change)).data).toMatchObject({
      updateUserCard: { userErrors: [{ field: ['input', 'userCard', 'key', 'userCardCode'] }] },
    });
    // The certificates and keys of both sides are as valid as before.
    await moveBy(-366);
    expect((await app.ask(read)).data).toMatchObject({ userCard: { userCardState: 'EFFECTIVE' } });
  });
});
