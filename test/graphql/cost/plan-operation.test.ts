import { getVariableValues, isObjectType, Kind, parse, validate, type FragmentDefinitionNode } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { createNodeIds } from '../../../src/graphql/relay/node-id';
import { planOperation } from '../../../src/graphql/cost/plan-operation';
import { upstreamOf } from '../../../src/graphql/cost/upstream';
import { servedSchema } from '../../../src/graphql/schema/schema';
import { namedKey } from '../../support/key-ring';
import { relativeCost } from '../../support/relative-cost';
import { ofTemplate, ofUserCard } from '../../support/by-key';

const schema = servedSchema();
const nodeIds = createNodeIds(namedKey('k').key);
const known = ['1', '2', '3'].map((brandId) => ({ brandId, name: brandId }));
const brands = {
  get: (id: string) => known.find(({ brandId }) => brandId === id),
  all: () => known,
  isWritable: () => true,
};

/** `INTERFACE@brand×most`, a call that depends on an answer with a `?`. */
const plan = (text: string, variables: Record<string, unknown> = {}): readonly string[] => {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const calls = planOperation(
    { schema, operation, fragments, variables: coerced },
    { brands, nodeIds, permissions: {} },
  );
  return calls
    .map((call) => `${call.interface}@${call.brandId}×${call.max}${call.certain ? '' : '?'}`)
    .sort();
};

const card = (code: string, cardId = 't') =>
  `userCard(by: { key: { brandId: "1", cardId: "${cardId}", openid: "o", userCardCode: "${code}" } })`;
const key = (code: number, cardId = 't') => ({
  brandId: '1',
  cardId,
  openid: 'o',
  userCardCode: String(code),
});

const byKey = (one: ReturnType<typeof key>) => ({ key: one });

describe('the plan of an operation', () => {
  it('is declared beside every resolver', () => {
    const storage = getMetadataStorage();
    const typeOf = (target: unknown): string =>
      storage.objectTypes.find((type) => type.target === target)?.name ?? 'unknown';
    const resolved = [
      ...storage.queries.map(({ schemaName }) => `Query.${schemaName}`),
      ...storage.mutations.map(({ schemaName }) => `Mutation.${schemaName}`),
      ...storage.subscriptions.map(({ schemaName }) => `Subscription.${schemaName}`),
      ...storage.fieldResolvers
        .filter(({ kind }) => kind === 'external')
        .map(({ getObjectType, schemaName }) => `${typeOf(getObjectType?.())}.${schemaName}`),
    ];
    const declared = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter(({ extensions }) => upstreamOf(extensions) !== undefined)
          .map(({ name }) => `${type.name}.${name}`),
      );
    expect(resolved.length).toBeGreaterThan(20);
    // Their resolvers are functions of the payload (member-service/about-object.ts).
    const ofPayloads = declared.filter((name) => /Payload\.(?:userCard|cardTemplate)$/.test(name));
    expect(ofPayloads).toHaveLength(4);
    expect(declared.sort()).toEqual([...new Set([...resolved, ...ofPayloads])].sort());
  });

  it.each<[string, string, Record<string, unknown>, readonly string[]]>([
    [
      'nothing that is asked upstream',
      '{ __typename brands { nodes { name throttle { waitMs } } } }',
      {},
      [],
    ],
    ['a card', `{ ${card('1')} { level } }`, {}, ['GET_USER_CARD@1×1']],
    [
      'a card with its template and brand',
      `{ ${card('1')} { cardTemplate { brand { name } } brand { name } } }`,
      {},
      ['GET_CARD_TEMPLATE@1×1?', 'GET_USER_CARD@1×1'],
    ],
    [
      'cards by their keys or ids, a template once, and nothing for what cannot be read',
      'query ($keys: [UserCardRef!]!) { userCards(by: $keys) { cardTemplate { cardId } } }',
      {
        keys: [
          ...[
            key(1),
            key(2),
            key(1),
            key(3, 's'),
            { ...key(4), brandId: '9' },
            { ...key(5), openid: '?' },
          ].map(byKey),
          { id: nodeIds.encode({ kind: 'UserCard', ...key(2) }) },
          { id: nodeIds.encode({ kind: 'UserCard', ...key(4), brandId: '9' }) },
          { id: nodeIds.encode({ kind: 'CardTemplate', brandId: '1', cardId: 't' }) },
          { id: 'nonsense' },
        ],
      },
      ['GET_CARD_TEMPLATE@1×1?', 'GET_CARD_TEMPLATE@1×1?', ...Array<string>(3).fill('GET_USER_CARD@1×1')],
    ],
    [
      'the same object through several paths once, another age apart',
      `query ($zero: Int = 0) { a: ${card('1')} { ...f } b: ${card('1')} { ...f }
         ${card('1').replace(/\)$/, ', maxAgeSeconds: $zero)')} { level } } fragment f on UserCard { level }`,
      {},
      ['GET_USER_CARD@1×1', 'GET_USER_CARD@1×1'],
    ],
    [
      'every brand of a list',
      '{ brands(first: 2) { edges { node { cardTemplates(first: 41) { totalCount } } } } }',
      {},
      ['1', '2'].flatMap((id) => [
        `LIST_CARD_TEMPLATES@${id}×1`,
        ...Array<string>(2).fill(`LIST_CARD_TEMPLATES@${id}×1?`),
      ]),
    ],
    [
      'the pages that a slice touches',
      'query ($n: Int, $after: String) { brand(brandId: "1") { cardTemplates(first: $n, after: $after) { totalCount } } }',
      { n: 21, after: Buffer.from('o:18').toString('base64url') },
      ['LIST_CARD_TEMPLATES@1×1', 'LIST_CARD_TEMPLATES@1×1?'],
    ],
    [
      'the templates of cards that only a list will tell, once for one list',
      `{ brand(brandId: "1") { a: userCards(openid: "o", first: 7) { nodes { cardTemplate { cardId } } }
         b: userCards(openid: "o", first: 7) { edges { node { brand { userCards(openid: "o", first: 7) { nodes { cardTemplate { state } } } } } } } } }`,
      {},
      ['GET_CARD_TEMPLATE@1×7?', 'LIST_USER_CARDS@1×1'],
    ],
    [
      'the activities of a template, one call with those of the brand and this template',
      `{ cardTemplate(by: { key: { brandId: "1", cardId: "t" } }) {
           membershipActivities(first: 21) { nodes { cardTemplate { cardId } } } }
         brand(brandId: "1") { membershipActivities(cardId: "t") { totalCount } } }`,
      {},
      ['GET_CARD_TEMPLATE@1×1', 'LIST_MEMBERSHIP_ACTIVITIES@1×1', 'LIST_MEMBERSHIP_ACTIVITIES@1×1?'],
    ],
    [
      'the activities of the templates that only a list will tell, each apart',
      `{ brand(brandId: "1") { cardTemplates(first: 3) { nodes { membershipActivities { nodes { cardTemplate { cardId } } } } }
         userCards(openid: "o", first: 7) { nodes { cardTemplate { membershipActivities { totalCount } } } } } }`,
      {},
      [
        'GET_CARD_TEMPLATE@1×3?',
        'GET_CARD_TEMPLATE@1×7?',
        'LIST_CARD_TEMPLATES@1×1',
        'LIST_MEMBERSHIP_ACTIVITIES@1×3?',
        'LIST_MEMBERSHIP_ACTIVITIES@1×7?',
        'LIST_USER_CARDS@1×1',
      ],
    ],
    [
      'the object that a mutation is about, if it is selected',
      `mutation ($card: UserCardRef!) {
         syncUserPoints(input: { userCard: $card, pointBalance: 1 }) { userCard { cardTemplate { cardId } } }
         createUserFeed(input: { userCard: $card, cell: "1" }) { userFeed { cell } }
         createPreAuthToken(input: { cardTemplate: { key: { brandId: "1", cardId: "s" } }, openid: "o" }) { cardTemplate { cardId } } }`,
      { card: byKey(key(1)) },
      [
        'CREATE_PRE_AUTH_TOKEN@1×1',
        'CREATE_USER_FEED@1×1',
        'GET_CARD_TEMPLATE@1×1?',
        'GET_CARD_TEMPLATE@1×1?',
        'GET_USER_CARD@1×1?',
        'SYNC_USER_POINTS@1×1',
      ],
    ],
    [
      'objects by their ids, each as what it is',
      `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Brand { cardTemplate(cardId: "b") { cardId } }
         ... on UserCard { cardTemplate { cardId } } ... on CardTemplate { brand { name } } } }`,
      {
        ids: [
          nodeIds.encode({ kind: 'Brand', brandId: '2' }),
          nodeIds.encode({ kind: 'CardTemplate', brandId: '3', cardId: 'c' }),
          nodeIds.encode({ kind: 'UserCard', ...key(1) }),
          nodeIds.encode({ kind: 'Brand', brandId: '9' }),
          'nonsense',
        ],
      },
      ['GET_CARD_TEMPLATE@1×1?', 'GET_CARD_TEMPLATE@2×1', 'GET_CARD_TEMPLATE@3×1', 'GET_USER_CARD@1×1'],
    ],
    [
      'objects of a gateway, each as what it is, and nothing for what cannot be read',
      `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Brand { cardTemplate(cardId: "b") { cardId } }
         ... on UserCard { cardTemplate { cardId } } } }`,
      {
        all: [
          { __typename: 'Brand', brandId: '2' },
          {
            __typename: 'CardTemplate',
            id: nodeIds.encode({ kind: 'CardTemplate', brandId: '3', cardId: 'c' }),
          },
          { __typename: 'MembershipActivity', brandId: '1', activityId: '7' },
          { __typename: 'UserCard', ...key(1) },
          { __typename: 'UserCard', id: nodeIds.encode({ kind: 'UserCard', ...key(1) }) },
          { __typename: 'UserCard', ...key(2), brandId: '9' },
          { __typename: 'UserCard', id: 'nonsense' },
          { __typename: 'Unknown' },
        ],
      },
      [
        ...['GET_CARD_TEMPLATE@1×1?', 'GET_CARD_TEMPLATE@2×1', 'GET_CARD_TEMPLATE@3×1'],
        ...['GET_MEMBERSHIP_ACTIVITY@1×1', 'GET_USER_CARD@1×1'],
      ],
    ],
    [
      'what the actual variables include',
      `query ($yes: Boolean!, $no: Boolean = false) { a: ${card('1')} @include(if: $no) { level } b: ${card('2')} @skip(if: $yes) { level }
         ... @include(if: $yes) { ${card('3')} @skip(if: $no) { level } } ...f @include(if: $no) } fragment f on Query { c: ${card('4')} { level } }`,
      { yes: true },
      ['GET_USER_CARD@1×1'],
    ],
    [
      'nothing for arguments that break their rule',
      `query ($n: Int) { brand(brandId: "1") { cardTemplates(first: $n) { totalCount } userCards(openid: "?") { totalCount } }
         userCard(by: { key: { brandId: "1", cardId: "/", openid: "o", userCardCode: "1" } }, maxAgeSeconds: -1) { level } }`,
      { n: 0 },
      [],
    ],
    [
      'each write, and what its payload reads',
      `mutation ($i: UpdateUserCardInput!, $p: ImportUserCardByPhoneInput!) { a: updateUserCard(input: $i) { userCard { cardTemplate { cardId } } }
         b: updateUserCard(input: $i) { userErrors { code } } importUserCardByPhone(input: $p) { userCard { level } } }`,
      {
        i: ofUserCard(key(1)),
        p: ofTemplate({ brandId: '1', cardId: 't', userCardCode: '1', phoneNumber: '13800000000' }),
      },
      [
        'GET_CARD_TEMPLATE@1×1?',
        'IMPORT_USER_CARD_BY_PHONE@1×1',
        'UPDATE_USER_CARD@1×1',
        'UPDATE_USER_CARD@1×1',
      ],
    ],
    [
      'the cards of a page of events, once for each page',
      `{ brand(brandId: "1") { userCardEvents(first: 30) { nodes { userCard { level } } }
         a: userCardEvents(first: 10) { edges { node { userCard { level } } } } } }`,
      {},
      ['GET_USER_CARD@1×10?', 'GET_USER_CARD@1×30?'],
    ],
    [
      'nothing where a variable cannot be coerced',
      'query ($n: Int!) { brands(first: $n) { totalCount } }',
      { n: 'x' },
      [],
    ],
  ])('has %s', (_, text, variables, expected) => {
    expect(plan(text, variables)).toEqual(expected);
  });

  it('is cheap for the largest request that the other limits let through', async () => {
    const query = `query ($keys: [UserCardRef!]!) { userCards(by: $keys) { ${'level brand { name } '.repeat(300)} cardTemplate { cardId } } }`;
    const variables = { keys: Array.from({ length: 100 }, (_, index) => byKey(key(index, `t${index}`))) };
    expect(plan(query, variables)).toHaveLength(200);
    const cost = await relativeCost(() => plan(query, variables), { below: 2_000 });
    expect(cost).toBeLessThan(2_000);
  });
});
