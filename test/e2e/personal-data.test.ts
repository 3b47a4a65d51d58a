import type { AuditOutcome } from '../../src/audit/event';
import { firstExample } from '../../src/sandbox/seed';
import { callers } from '../support/callers';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const { brandId, cardId, openid, userCardCode } = firstExample;
const card = `userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } })`;
const form = 'commonFieldList { name value } customFieldList { name userChosenValues }';
const known = callers({
  pii: [`brand:${brandId}:pii`],
  write: [`brand:${brandId}:write`],
  read: [`brand:${brandId}:read`],
  piiElsewhere: [`brand:${brandId}:read`, 'brand:1001622624:pii'],
});

const max = 8;
let app: TestApp;
beforeAll(async () => {
  app = await testApp({
    change: (config) => ({
      ...config,
      auth: known.settings,
      maxDecryptions: max,
      // Twelve cold cards need more than two seconds of the call limit; this test is not about the deadline.
      server: { ...config.server, queryDeadlineMs: 20_000 },
    }),
  });
});
beforeEach(() => {
  app.audit.splice(0);
  app.intents.splice(0);
  app.calls.splice(0);
});
afterAll(async () => {
  await app.close();
  known.remove();
});

interface Card {
  readonly phoneNumber: string | null;
  readonly phoneNumberMasked: string | null;
  readonly userInformation: object | null;
}
const ask = (query: string, name: keyof typeof known.headers) =>
  app.ask<{ userCard: Card }>(query, {}, known.headers[name]);

describe('personal data', () => {
  it.each(['read', 'write', 'piiElsewhere'] as const)(
    'is null with FORBIDDEN for %s, beside the rest of the card',
    async (name) => {
      const { data, errors, headers } = await ask(
        `{ ${card} { userCardCode phoneNumber userInformation { ${form} } } }`,
        name,
      );
      expect(data?.userCard).toEqual({ userCardCode, phoneNumber: null, userInformation: null });
      expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
        [['userCard', 'phoneNumber'], 'FORBIDDEN'],
        [['userCard', 'userInformation'], 'FORBIDDEN'],
      ]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(app.audit).toEqual([]);
    },
  );

  it('is FORBIDDEN on every path to a card', async () => {
    const { data, errors } = await app.ask(
      `{ brand(brandId: "${brandId}") { userCards(openid: "${openid}") { nodes { phoneNumber } edges { node { phoneNumber } } } }
         userCards(by: [{ key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }]) { phoneNumber }
         _entities(representations: [{ __typename: "UserCard", brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" }]) { ... on UserCard { phoneNumber } } }`,
      {},
      known.headers.read,
    );
    expect(errors.length).toBeGreaterThanOrEqual(4);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['FORBIDDEN']));
    expect(JSON.stringify(data)).not.toMatch(/1\d{10}/);
  });

  it('is FORBIDDEN in the payload of a mutation too', async () => {
    const { data, errors } = await app.ask<{ updateUserCard: { userCard: Card } }>(
      `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { phoneNumber phoneNumberMasked } userErrors { code } } }`,
      { input: ofUserCard({ brandId, cardId, openid, userCardCode, phoneNumber: '13912345678' }) },
      known.headers.write,
    );
    expect(data?.updateUserCard.userCard).toEqual({ phoneNumber: null, phoneNumberMasked: '139****5678' });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });

  it('is returned with the scope pii of the brand, in a response that must not be stored', async () => {
    const { data, errors, headers } = await ask(
      `{ ${card} { phoneNumber userInformation { ${form} } } }`,
      'pii',
    );
    expect(errors).toEqual([]);
    expect(data?.userCard.phoneNumber).toMatch(/^1\d{10}$/);
    expect(JSON.stringify(data?.userCard.userInformation)).toMatch(/喜欢的运动/);
    expect(headers.get('cache-control')).toBe('private, no-store');
  });

  it('needs no scope if it is masked, but the response must not be stored', async () => {
    const { data, errors, headers } = await ask(
      `{ ${card} { phoneNumberMasked userInformationMasked { ${form} } } }`,
      'read',
    );
    expect(errors).toEqual([]);
    expect(data?.userCard.phoneNumberMasked).toMatch(/^1\d{2}\*{4}\d{4}$/);
    const { userInformationMasked } = data?.userCard as unknown as { userInformationMasked: unknown };
    expect(JSON.stringify(userInformationMasked).match(/"\*\*\*"/g)?.length).toBeGreaterThan(0);
    expect(JSON.stringify(userInformationMasked).replaceAll('"***"', '')).not.toMatch(
      /"value":"|Values":\["/,
    );
    expect(headers.get('cache-control')).toBe('private, no-store');
  });

  it('is not decrypted unless it is requested', async () => {
    const { headers } = await ask(`{ ${card} { level } }`, 'pii');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(app.audit).toEqual([]);
  });

  it('is limited to a number of values per operation', async () => {
    const keys = Array.from({ length: max + 4 }, (_, index) => ({
      brandId: '1001622624',
      cardId: 'p1001622624Seed-Template-0',
      openid: `o1001622624-member-${String(index * 3).padStart(5, '0')}`,
      userCardCode: `471${100_000_000 + index * 3 * 7919}`,
    }));
    const { data, errors } = await app.ask<{ userCards: Card[] }>(
      'query ($keys: [UserCardRef!]!) { userCards(by: $keys) { phoneNumberMasked } }',
      { keys: keys.map((key) => ({ key })) },
      known.headers.piiElsewhere,
    );
    const shown = data?.userCards.filter(({ phoneNumberMasked }) => phoneNumberMasked !== null);
    expect(shown).toHaveLength(max);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(Array(4).fill('QUERY_TOO_EXPENSIVE'));
    expect(errors[0]?.message).toMatch(/more than 8 personal values/);
  });

  it('that is requested twice is decrypted once', async () => {
    const aliases = Array.from({ length: max + 4 }, (_, index) => `a${index}: phoneNumber`).join(' ');
    const { errors } = await ask(`{ ${card} { ${aliases} phoneNumberMasked } }`, 'pii');
    expect(errors).toEqual([]);
  });
});

describe('the audit log', () => {
  const input = { brandId, cardId, openid, userCardCode };
  const update = (
    changes: object,
    name: keyof typeof known.headers = 'write',
    on: TestApp = app,
  ): ReturnType<TestApp['ask']> =>
    on.ask(
      'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
      { input: ofUserCard({ ...input, ...changes }) },
      known.headers[name],
    );
  const only = (): AuditOutcome => {
    expect(app.audit).toHaveLength(1);
    return app.audit[0] as AuditOutcome;
  };

  it('records every decrypted field and its caller, with a hash of the card', async () => {
    // Read again, because the mask of a cached card is cached and needs no decryption.
    const fresh = card.replace(/\)$/, ', maxAgeSeconds: 0)');
    const { data } = await ask(
      `query Desk { ${fresh} { phoneNumber phoneNumberMasked userInformation { ${form} } } }`,
      'pii',
    );
    expect(
      app.audit.map(({ kind, caller, operation, outcome }) => [kind, caller, operation, outcome]),
    ).toEqual(Array(3).fill(['DECRYPTION', 'key:pii', 'Desk', 'OK']));
    expect(app.audit.flatMap(({ fields }) => fields)).toEqual(
      expect.arrayContaining(['phoneNumber', 'phoneNumberMasked', 'userInformation.喜欢的运动']),
    );
    expect(new Set(app.audit.map(({ targetHash }) => targetHash)).size).toBe(1);
    const operationEvent = JSON.stringify(app.audit);
    for (const secret of [data?.userCard.phoneNumber, openid, userCardCode, cardId]) {
      expect(secret).toBeTruthy();
      expect(operationEvent).not.toContain(secret);
    }
  });

  it('records the changed fields and the Request-ID of a mutation', async () => {
    await update({ level: '金卡', phoneNumber: '13912345678' });
    const { requestIds, ...event } = only();
    expect(event).toEqual({
      at: expect.any(Number) as number,
      kind: 'MUTATION',
      id: app.intents[0]?.id,
      caller: 'key:write',
      brandId,
      operation: 'updateUserCard',
      targetHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      targetKey: 'demo',
      fields: ['level', 'phoneNumber'],
      outcome: 'OK',
    });
    expect(requestIds).toEqual([app.calls.find((call) => call.interface === 'UPDATE_USER_CARD')?.requestId]);
    expect(requestIds[0]).toBeTruthy();
    expect(JSON.stringify(event)).not.toMatch(/13912345678|金卡/);
  });

  it('uses one hash per object for reads and writes', async () => {
    await update({ level: '金卡' });
    await ask(`{ ${card} { phoneNumberMasked } }`, 'read');
    expect(new Set(app.audit.map(({ targetHash }) => targetHash)).size).toBe(1);
  });

  it.each<[string, object, keyof typeof known.headers, string]>([
    ['that broke a rule', { level: 'x'.repeat(500) }, 'write', 'TOO_LONG'],
    ['that was not permitted', { level: '金卡' }, 'read', 'FORBIDDEN'],
    [
      'of a brand that its caller may not write to',
      { brandId: '1001622624', level: '金卡' },
      'write',
      'NOT_FOUND',
    ],
  ])('records a mutation %s', async (_, changes, name, outcome) => {
    await update(changes, name);
    expect(only()).toMatchObject({ kind: 'MUTATION', outcome, requestIds: [] });
    // Nothing would be sent.
    expect([app.intents, only().id]).toEqual([[], undefined]);
  });

  it('records the Request-ID of a refused call', async () => {
    await update({ userCardCode: '404', level: '金卡' });
    expect(only().outcome).toBe('NOT_FOUND');
    expect(only().requestIds).toEqual([app.calls[0]?.requestId]);
    expect(only().requestIds[0]).toBeTruthy();
  });

  it('refuses personal data and changes while it cannot be written, in either language', async () => {
    const unsubscribe = await testApp({
      change: (config) => ({ ...config, auth: known.settings }),
      audit: () => {
        throw new Error('the disk is full');
      },
    });
    const read = await unsubscribe.ask<{ userCard: Card }>(
      `{ ${card} { phoneNumber phoneNumberMasked } }`,
      {},
      known.headers.pii,
    );
    expect(read.data?.userCard).toEqual({ phoneNumber: null, phoneNumberMasked: null });
    expect(new Set(read.errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['AUDIT_UNAVAILABLE']),
    );
    const changed = await update({ level: '金卡' }, 'write', unsubscribe);
    expect(changed.errors).toMatchObject([
      { message: expect.stringMatching(/^Not done: /) as string, extensions: { code: 'AUDIT_UNAVAILABLE' } },
    ]);
    const inChinese = await unsubscribe.ask(
      'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
      { input: ofUserCard({ ...input, level: '金卡' }) },
      { ...known.headers.write, 'accept-language': 'zh-CN' },
    );
    expect(inChinese.errors[0]?.message).toMatch(/^操作未执行：/);
    expect(unsubscribe.arrived('UPDATE_USER_CARD')).toBe(0);
    await unsubscribe.close();
  });
});
