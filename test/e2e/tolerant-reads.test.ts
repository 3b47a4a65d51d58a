import { firstExample } from '../../src/sandbox/seed';
import { servedSchema } from '../../src/graphql/schema/schema';
import { seal } from '../../src/wechatpay/crypto/encryption';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import {
  cardTemplateMembers,
  membershipActivityMembers,
  userCardMembers,
  variantsOf,
  withMember,
  type Variant,
} from '../support/documented-members';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { fullSelection } from '../support/full-selection';
import { newPair } from '../support/key-pairs';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { subscribe } from '../support/subscriber';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

type Fields = Readonly<Record<string, unknown>>;

const { brandId, cardId, openid, userCardCode } = firstExample;
const schema = servedSchema();
const selectionOf = (type: string): string =>
  fullSelection(schema, type, ['brand', 'cardTemplate', 'membershipActivities', 'fetchedAt', 'stale', 'id']);

const times = {
  available_begin_time: '2026-01-01T00:00:00+08:00',
  available_end_time: '2036-01-01T00:00:00+08:00',
};

/** The objects that can be read, how they are read, and what their response contains beyond the sandbox's. */
const objects = [
  {
    type: 'UserCard',
    single: `userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0)`,
    list: 'userCards(openid: "oVariants", first: 100, after: $after)',
    path: '/user-cards',
    key: (index: number) => ({ user_card_code: `V-${index}`, openid: 'oVariants' }),
    documented: userCardMembers,
    filled: { attach: 'a', invalid_reason: 'r', invalid_time: '2026-01-01T00:00:00.120+08:00' },
  },
  {
    type: 'CardTemplate',
    single: `cardTemplate(by: { key: { brandId: "${brandId}", cardId: "${cardId}" } }, maxAgeSeconds: 0)`,
    list: 'cardTemplates(first: 100, after: $after)',
    path: '/cards',
    key: (index: number) => ({ card_id: `V-${index}` }),
    documented: cardTemplateMembers,
    filled: {
      code_jump_information: { jump_appid: 'wx1', jump_path: '/a' },
      balance_information: { jump_appid: 'wx1', jump_path: '/a' },
      purchase_information: { price: 1_000, jump_appid: 'wx1', jump_path: '/a' },
      user_information: {
        common_field_list: ['USER_FORM_FLAG_NAME'],
        custom_field_list: [{ type: 'RADIO', name: '喜欢的运动', values: ['跑步'] }],
      },
    },
  },
  {
    type: 'MembershipActivity',
    single: `membershipActivity(by: { key: { brandId: "${brandId}", activityId: "10001" } }, maxAgeSeconds: 0)`,
    list: 'membershipActivities(first: 100, after: $after)',
    path: '/membership-activities',
    key: (index: number) => ({ activity_id: index + 1 }),
    documented: membershipActivityMembers,
    filled: {},
  },
] as const;

/** Leaves by their path, without the positions in lists. */
const leaves = (value: unknown, path: string): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return value.flatMap((element: unknown) => leaves(element, path));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, `${path}.${name}`));
};
const camel = (path: string): string =>
  path.replace(/\.\d+/g, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The fields that a change of the member must not affect. */
const untouched = (shown: unknown, { member }: Variant): readonly unknown[] => {
  const changed = `.${camel(member.path)}`;
  return leaves(shown, '').filter(([path]) => {
    if (path.startsWith('.extra') || /^\.(userCardCode|openid|cardId|activityId)$/.test(path)) return false;
    const masked = path.replace(/^\.(phoneNumber|userInformation)Masked/, '.$1');
    const of = masked.replace(/Raw$/, '');
    return of !== changed && !of.startsWith(`${changed}.`) && !changed.startsWith(`${of}.`);
  });
};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, step) => (found as Fields | null | undefined)?.[step], value);

let sandbox: Sandbox;
let upstream: FaultyUpstream;
let app: TestApp;
beforeAll(async () => {
  sandbox = await startSandbox({ membersPerBrand: 5 });
  upstream = await startFaultyUpstream(sandbox);
  const fast = { brand: 1_000, partner: 1_000 };
  app = await testApp({
    upstream: sandbox,
    change: (config) => {
      const { wechatPay, ...rest } = upstream.configure(config);
      const limits = Object.fromEntries(interfaceNames.map((one) => [one, fast]));
      return { ...rest, maxDecryptions: 10_000, wechatPay: { ...wechatPay, limits } };
    },
  });
  await fetch(`${sandbox.url}/sandbox/limits`, {
    method: 'PUT',
    body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((one) => [one, 1_000])) }),
  });
});
afterAll(async () => {
  await app.close();
  await upstream.close();
  await sandbox.close();
});

describe.each(objects)('a $type', ({ type, single, list, path, key, documented, filled }) => {
  const selection = selectionOf(type);
  const variants = variantsOf(documented);
  let sample: Fields;
  let shown: Fields;
  const readOne = async () => {
    const { data, errors } = await app.ask<{ one: Fields | null }>(`{ one: ${single} { ${selection} } }`);
    return { one: data?.one, errors };
  };
  const answerWith = (one: unknown): void => {
    upstream.spoil(() => ({ body: JSON.stringify(one) }));
  };
  beforeAll(async () => {
    let body = '';
    upstream.spoil((answered) => {
      body = answered.body;
      return 'none';
    });
    await readOne();
    const given = JSON.parse(body) as Fields;
    const validity = given.valid_date_information as object | undefined;
    sample = {
      ...given,
      ...filled,
      ...(validity && {
        valid_date_information: { ...validity, ...times, available_day_after_receive: 30 },
      }),
    };
    answerWith(sample);
    const { one, errors } = await readOne();
    expect([body, errors]).toEqual([body, []]);
    shown = one ?? {};
    expect(shown).toMatchObject({ extra: null });
    // The members of the documents are all there, so that each variant changes something.
    for (const { path: documentedPath } of documented)
      expect([documentedPath, at(sample, documentedPath.split('.'))]).not.toEqual([
        documentedPath,
        undefined,
      ]);
  });

  const expectShown = (one: unknown, variant: Variant): void => {
    expect(untouched(one, variant)).toEqual(untouched(shown, variant));
    const { member, value } = variant;
    const field = camel(member.path.replace(/\.0/g, '')).split('.');
    // An element of a list stands at its own position.
    const [found, raw] = [field, [...field.slice(0, -1), `${field.at(-1) ?? ''}Raw`]].map((steps) =>
      at(one, member.path.includes('.0.') ? [...steps.slice(0, -1), '0', ...steps.slice(-1)] : steps),
    );
    if (member.kind === 'enum' && value === 'OF_TOMORROW')
      expect([found, raw]).toEqual(['UNKNOWN', 'OF_TOMORROW']);
    const extra = at((one as Fields).extra, member.path.split('.'));
    if (isUnreadable(variant)) {
      expect(found).toBeNull();
      if (!member.path.startsWith('user_information') && member.path !== 'service_phone')
        expect(extra).toEqual(value);
    }
    if (member.kind.startsWith('personal')) expect(extra ?? null).toBeNull();
    expect(JSON.stringify((one as Fields).extra)).not.toContain('13812345678');
  };

  /** A value of a type that no field can show. */
  const isUnreadable = ({ member: { kind }, value }: Variant): boolean =>
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    kind !== 'object' &&
    kind !== 'list' &&
    !kind.startsWith('personal');

  it('is read with any content of its optional members', async () => {
    for (const variant of variants) {
      answerWith(withMember(sample, variant.member.path.split('.'), variant.value));
      const { one, errors } = await readOne();
      expect([variant.label, errors]).toEqual([variant.label, []]);
      expectShown(one, variant);
    }
  });

  it('is read in a list with any content of its optional members', async () => {
    const all = variants.map(({ member, value }, index) =>
      withMember({ ...sample, ...key(index) }, member.path.split('.'), value),
    );
    upstream.spoil(({ target }) => {
      const { pathname, searchParams } = new URL(target, 'http://x');
      const offset = Number(searchParams.get('offset'));
      const data = pathname.endsWith(path) ? all.slice(offset, offset + 20) : [];
      return { body: JSON.stringify({ data, total_count: all.length, offset, limit: 20 }) };
    });
    for (let from = 0; from < all.length; from += 100) {
      const after = from === 0 ? null : Buffer.from(`o:${from - 1}`).toString('base64url');
      const { data, errors } = await app.ask<{ brand: { list: { nodes: readonly unknown[] } } }>(
        `query ($after: String) { brand(brandId: "${brandId}") { name list: ${list} { nodes { ${selection} } } } }`,
        { after },
      );
      expect(errors).toEqual([]);
      const nodes = data?.brand.list.nodes ?? [];
      expect(nodes).toHaveLength(Math.min(100, all.length - from));
      nodes.forEach((node, index) => {
        const variant = variants[from + index];
        if (variant !== undefined) expectShown(node, variant);
      });
    }
  });
});

describe('a list', () => {
  const answerWith = (data: unknown): void => {
    upstream.spoil(() => ({ body: JSON.stringify({ data, total_count: 5 }) }));
  };
  const cards = 'totalCount nodes { userCardCode } edges { node { userCardCode } }';

  it('with an unreadable element returns and caches the others', async () => {
    const good = { brand_id: brandId, card_id: cardId, user_card_state: 'EFFECTIVE' };
    answerWith([
      { ...good, user_card_code: 'A' },
      { ...good, user_card_code: { odd: true } },
      null,
      7,
      { ...good, user_card_code: 'B' },
    ]);
    const { data, errors } = await app.ask<{ brand: { userCards: unknown; name: unknown } }>(
      `{ brand(brandId: "${brandId}") { name userCards(openid: "oBroken") { ${cards} } } }`,
    );
    const nodes = [{ userCardCode: 'A' }, null, null, null, { userCardCode: 'B' }];
    expect(data?.brand).toEqual({
      name: '山岚咖啡',
      userCards: { totalCount: 5, nodes, edges: nodes.map((node) => ({ node })) },
    });
    expect(errors.map(({ path }) => path?.slice(2).join('.')).sort()).toEqual(
      [1, 2, 3].flatMap((index) => [`edges.${index}.node`, `nodes.${index}`]).sort(),
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_MALFORMED' });

    const before = app.arrived();
    const read = (code: string) =>
      app.ask(
        `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "oBroken", userCardCode: "${code}" } }) { userCardCode } }`,
      );
    expect((await read('A')).data).toEqual({ userCard: { userCardCode: 'A' } });
    expect((await read('B')).data).toEqual({ userCard: { userCardCode: 'B' } });
    expect(app.arrived()).toBe(before);
  });

  it.each(['userCards', 'cardTemplates', 'membershipActivities'])(
    'that fails (%s) does not affect its brand and the other lists',
    async (failing) => {
      const failingPath = {
        userCards: '/user-cards',
        cardTemplates: '/cards',
        membershipActivities: '/membership-activities',
      }[failing];
      upstream.spoil(({ target }) =>
        new URL(target, 'http://x').pathname.endsWith(failingPath ?? '')
          ? { status: 400, body: JSON.stringify({ code: 'INVALID_REQUEST', message: 'no' }) }
          : 'none',
      );
      // Each has its own brand, none of whose lists is cached.
      const other = { userCards: '1002', cardTemplates: '1001622624', membershipActivities: brandId }[
        failing
      ];
      const { data, errors } = await app.ask<{ brand: Fields }>(
        `{ brand(brandId: "${String(other)}") { name
          userCards(openid: "oNobody") { totalCount }
          cardTemplates(state: EFFECTIVE) { totalCount }
          membershipActivities(state: EFFECTIVE) { totalCount } } }`,
      );
      expect(data?.brand).toEqual({
        name: expect.any(String) as string,
        userCards: { totalCount: expect.any(Number) as number },
        cardTemplates: { totalCount: expect.any(Number) as number },
        membershipActivities: { totalCount: expect.any(Number) as number },
        [failing]: null,
      });
      expect(errors.map(({ path }) => path)).toEqual([['brand', failing]]);
    },
  );

  it('that is no list is an error, and not an empty list', async () => {
    answerWith('none');
    const { data, errors } = await app.ask(
      `{ brand(brandId: "${brandId}") { userCards(openid: "oNone") { ${cards} } } }`,
    );
    expect(data).toEqual({ brand: { userCards: null } });
    expect(errors).toMatchObject([
      { path: ['brand', 'userCards'], extensions: { code: 'UPSTREAM_MALFORMED' } },
    ]);
  });
});

describe('a personal value that no configured key decrypts', () => {
  it('fails alone among the answers of a form', async () => {
    const foreign = seal('x', newPair().publicKey);
    upstream.spoil(({ body }) => {
      const given = JSON.parse(body) as Fields;
      const { common_field_list: common, custom_field_list: custom } = given.user_information as {
        readonly common_field_list: readonly Fields[];
        readonly custom_field_list: readonly Fields[];
      };
      const [first, ...rest] = common;
      const information = {
        common_field_list: [{ ...first, value: foreign }, ...rest],
        custom_field_list: custom.map((one) => ({
          ...one,
          user_chosen_values: [...(one.user_chosen_values as readonly string[]), foreign],
        })),
      };
      return { body: JSON.stringify({ ...given, user_information: information }) };
    });
    const { data, errors } = await app.ask<{ userCard: { userInformation: object } }>(
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0) {
        userInformation { commonFieldList { nameRaw value } customFieldList { name userChosenValues } } } }`,
    );
    const { commonFieldList, customFieldList } = data?.userCard.userInformation as {
      readonly commonFieldList: readonly { readonly value: string | null }[];
      readonly customFieldList: readonly { readonly userChosenValues: readonly (string | null)[] }[];
    };
    const values = [
      ...commonFieldList.map(({ value }) => value),
      ...customFieldList.flatMap(({ userChosenValues }) => userChosenValues),
    ];
    expect(values.length).toBeGreaterThan(3);
    expect(values.map((value) => typeof value === 'string')).toEqual(
      values.map((_, index) => index > 0 && index < values.length - 1),
    );
    const last = (customFieldList[0]?.userChosenValues.length ?? 0) - 1;
    const path = ['userCard', 'userInformation'];
    expect(errors.map((error) => [error.path, error.extensions.code])).toEqual([
      [[...path, 'commonFieldList', 0, 'value'], 'DECRYPTION_KEY_MISSING'],
      [[...path, 'customFieldList', 0, 'userChosenValues', last], 'DECRYPTION_KEY_MISSING'],
    ]);
    expect(app.audit.slice(-2)).toMatchObject([
      { kind: 'DECRYPTION', outcome: 'DECRYPTION_KEY_MISSING' },
      { kind: 'DECRYPTION', outcome: 'OK' },
    ]);
  });

  it.each(['phoneNumber', 'phoneNumberMasked'])('%s names the setting that lacks the key', async (field) => {
    const foreign = seal('13812345678', newPair().publicKey);
    upstream.spoil(({ body }) => ({
      body: JSON.stringify({ ...(JSON.parse(body) as Fields), phone_number: foreign }),
    }));
    const read = (language: string) =>
      app.ask(
        `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0) { level ${field} } }`,
        {},
        { 'accept-language': language },
      );
    const { data, errors, text } = await read('en');
    expect(data?.userCard).toMatchObject({ level: expect.any(String) as string, [field]: null });
    expect(errors).toMatchObject([
      {
        path: ['userCard', field],
        message: expect.stringMatching(
          /earlier API certificate.*brandCredentials\[\]\.formerPrivateKeyFiles/,
        ) as string,
        extensions: { code: 'DECRYPTION_KEY_MISSING', errorId: expect.any(String) as string },
      },
    ]);
    expect(text).not.toContain(foreign.slice(0, 20));
    expect((await read('zh-CN')).errors[0]?.message).toMatch(
      /API 证书更换前的私钥.*formerPrivateKeyFiles。$/,
    );
  });
});

describe('an answer of tomorrow', () => {
  const ofTomorrow = {
    card_type: 'OF_TOMORROW',
    user_card_state: 'OF_TOMORROW',
    valid_date_information: { type: 'OF_TOMORROW', available_begin_time: '2026-01-01 10:00:00' },
    create_time: '2026-01-01T00:00:00.123456789012345+08:00',
    modify_time: 1_700_000_000,
    new_member: { a: 1 },
  };
  const fields =
    'cardTypeRaw userCardState userCardStateRaw validDateInformation { type typeRaw availableBeginTime } createTime modifyTime extra';
  const shown = {
    cardTypeRaw: 'OF_TOMORROW',
    userCardState: 'UNKNOWN',
    userCardStateRaw: 'OF_TOMORROW',
    validDateInformation: { type: 'UNKNOWN', typeRaw: 'OF_TOMORROW', availableBeginTime: null },
    createTime: '2026-01-01T00:00:00.123456789+08:00',
    modifyTime: null,
    extra: {
      valid_date_information: { available_begin_time: '2026-01-01 10:00:00' },
      modify_time: 1_700_000_000,
      new_member: { a: 1 },
    },
  };
  const key = { brandId, cardId, openid, userCardCode };
  const one = `userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0)`;
  const spoil = (): void => {
    upstream.spoil(({ body }) => ({
      body: JSON.stringify({ ...(JSON.parse(body) as Fields), ...ofTomorrow }),
    }));
  };

  it('is shown alike by a query, by nodes, and in the payloads of mutations', async () => {
    upstream.spoil(() => 'none');
    const { data: before } = await app.ask<{ userCard: { id: string } }>(`{ ${one} { id } }`);
    spoil();
    expect(await app.ask(`{ ${one} { ${fields} } }`)).toMatchObject({
      data: { userCard: shown },
      errors: [],
    });
    const byId = await app.ask(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on UserCard { ${fields} } } }`,
      { ids: [before?.userCard.id] },
    );
    expect(byId).toMatchObject({ data: { nodes: [shown] }, errors: [] });
    const written = await app.ask(
      `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } userCard { ${fields} } } }`,
      { input: ofUserCard({ ...key, level: '明日会员' }) },
    );
    expect(written.errors).toEqual([]);
    expect(written.data).toEqual({ updateUserCard: { userErrors: [], userCard: shown } });
  });

  it('is shown in an event', async () => {
    spoil();
    const subscriber = subscribe(app.url, {
      brandId,
      lastEventId: '0',
      fields: `userCard { ${fields} }`,
    });
    await sandbox.users.lookAtPoints({ brandId, userCardCode, route: 'partner' }).delivered;
    const [event] = await subscriber.has(1);
    subscriber.close();
    expect(event).toMatchObject({ eventType: 'SYNC_USER_POINT', userCard: shown });
  });
});
