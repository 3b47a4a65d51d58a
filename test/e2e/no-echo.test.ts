import { asyncProperty, check, constantFrom, stringMatching, tuple } from 'fast-check';
import { testApp, type TestApp } from '../support/test-app';
import { relativeCost } from '../support/relative-cost';

/** One request that contains a text of the caller. */
interface Planted {
  readonly query?: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly documentId?: string;
  readonly extensions?: unknown;
  /** The body as it is, in place of the members. */
  readonly body?: string;
  /** By GET instead, with these parameters. */
  readonly search?: Readonly<Record<string, string>>;
}

interface Canary {
  /** May hold anything. */
  readonly text: string;
  /** A name of GraphQL's grammar. */
  readonly name: string;
  /** What no response may contain. */
  readonly core: string;
}

const json = JSON.stringify;
const card = '(brandId: "1004", cardId: "c", openid: "o", userCardCode: "1")';
const block = (text: string): string => `"""${text.replaceAll('"""', '')}"""`;
const variable = (type: string, use: string, value: (text: string) => unknown) => {
  return ({ text }: Canary): Planted => ({
    query: `query ($v: ${type}) { ${use} }`,
    variables: { v: value(text) },
  });
};

const positions: Readonly<Record<string, (canary: Canary) => Planted>> = {
  'a variable of type Int': variable('Int', 'brands(first: $v) { totalCount }', (text) => text),
  'a variable of type Boolean': variable('Boolean!', 'a: __typename @skip(if: $v)', (text) => text),
  'an ID given as a list': variable('ID!', 'brand(brandId: $v) { name }', (text) => [text]),
  'an ID given as an object': variable('ID!', 'brand(brandId: $v) { name }', (text) => ({ [text]: text })),
  'an enum variable': variable(
    'UserCardState',
    'brands { nodes { userCards(openid: "o", state: $v) { totalCount } } }',
    (text) => text,
  ),
  'an input given as text': variable('[UserCardRef!]!', 'userCards(by: $v) { level }', (text) => text),
  'an unknown field of an input': variable('[UserCardRef!]!', 'userCards(by: $v) { level }', (text) => [
    { key: { brandId: '1', [text]: 1 } },
  ]),
  'a date-time of another type': ({ text }) => ({
    query: 'mutation ($v: SyncUserCardPointInput!) { syncUserCardPoint(input: $v) { userErrors { code } } }',
    variables: { v: { brandId: '1004', at: { [text]: text }, point: text } },
  }),
  'a number too many': ({ core }) => ({
    body: `{"query": "query ($v: ID!) { brand(brandId: $v) { name } }", "variables": {"v": ${core}${core}}}`,
  }),
  'a literal for Int': ({ text }) => ({ query: `{ brands(first: ${json(text)}) { totalCount } }` }),
  'a block string for Int': ({ text }) => ({ query: `{ brands(first: ${block(text)}) { totalCount } }` }),
  'a literal for an enum': ({ text }) => ({
    query: `{ brands { nodes { userCards(openid: "o", state: ${json(text)}) { totalCount } } } }`,
  }),
  'a name for an enum': ({ name }) => ({
    query: `{ brands { nodes { userCards(openid: "o", state: ${name}) { totalCount } } } }`,
  }),
  'a name for an ID': ({ name }) => ({ query: `{ brand(brandId: ${name}) { name } }` }),
  'a literal for an input': ({ text }) => ({ query: `{ userCards(by: [${json(text)}]) { level } }` }),
  'a literal within an input': ({ text }) => ({
    query: `{ userCards(by: { key: { brandId: { a: ${json(text)} } } }) { level } }`,
  }),
  'a default value': ({ text }) => ({
    query: `query ($v: Int = ${json(text)}) { brands(first: $v) { totalCount } }`,
  }),
  'a field': ({ name }) => ({ query: `{ brands { ${name} } }` }),
  'a root field': ({ name }) => ({ query: `{ ${name} }` }),
  'an alias of fields that conflict': ({ name }) => ({
    query: `{ ${name}: brands { totalCount } ${name}: __typename }`,
  }),
  'an argument': ({ name }) => ({ query: `{ brands(${name}: 1) { totalCount } }` }),
  'a directive': ({ name }) => ({ query: `{ __typename @${name} }` }),
  'an argument of a directive': ({ name }) => ({ query: `{ __typename @skip(${name}: true) }` }),
  'an unknown fragment': ({ name }) => ({ query: `{ ...${name} }` }),
  'an unused fragment': ({ name }) => ({ query: `{ __typename } fragment ${name} on Query { __typename }` }),
  'a fragment in a circle': ({ name }) => ({
    query: `{ ...${name} } fragment ${name} on Query { ...${name} }`,
  }),
  'a type': ({ name }) => ({ query: `{ ... on ${name} { __typename } }` }),
  'the type of a variable': ({ name }) => ({ query: `query ($v: ${name}) { __typename }` }),
  'a variable that is not defined': ({ name }) => ({ query: `{ brand(brandId: $${name}) { name } }` }),
  'a variable of the wrong type': ({ name }) => ({
    query: `query ($${name}: Int) { brand(brandId: $${name}) { name } }`,
    variables: { [name]: 1 },
  }),
  'a variable that is null': ({ name }) => ({
    query: `query ($${name}: ID = "1") { brand(brandId: $${name}) { name } }`,
    variables: { [name]: null },
  }),
  'a required variable': ({ name }) => ({
    query: `query ($${name}: ID!) { brand(brandId: $${name}) { name } }`,
  }),
  'a field of an input literal': ({ name }) => ({
    query: `{ userCards(by: { key: { ${name}: 1 } }) { level } }`,
  }),
  'the name of two operations': ({ name }) => ({
    query: `query ${name} { __typename } query ${name} { __typename }`,
  }),
  'the text where a name is expected': ({ text }) => ({ query: `{ ${text} }` }),
  'a string where a name is expected': ({ text }) => ({ query: `{ ${json(text)} }` }),
  'a block string where a name is expected': ({ text }) => ({ query: `{ ${block(text)} }` }),
  'a string that does not end': ({ text }) => ({ query: `{ brand(brandId: "${text}` }),
  'a number that does not end': ({ core }) => ({ query: `{ brand(brandId: ${core}.x) { name } }` }),
  'an escape that there is not': ({ text }) => ({ query: `{ brand(brandId: "\\x${text}") { name } }` }),
  'a unicode escape': ({ core }) => ({ query: `{ brand(brandId: "\\u{${core}") { name } }` }),
  'the name of the operation': ({ text }) => ({ query: '{ __typename }', operationName: text }),
  'one of several operations': ({ text }) => ({
    query: 'query a { __typename } query b { __typename }',
    operationName: text,
  }),
  'the id of a document': ({ text }) => ({ documentId: text }),
  'a persisted query': ({ text }) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash: text } },
  }),
  'variables that are text': ({ text }) => ({ query: '{ __typename }', variables: text }),
  'a body that is no JSON': ({ text }) => ({ body: text }),
  'a body that ends in the middle': ({ text }) => ({ body: `{"query": ${json(text)}, ` }),
  'variables of a link': ({ text }) => ({ search: { query: '{ __typename }', variables: text } }),
  'an Int in a link': ({ text }) => ({
    search: {
      query: 'query ($v: Int) { brands(first: $v) { totalCount } }',
      variables: json({ v: text }),
    },
  }),
  'an argument that the resolver refuses': ({ text }) => ({
    query: `query ($v: String) { userCard${card} { level } brands(after: $v) { totalCount } }`,
    variables: { v: text },
  }),
};

/** Characters that break careless quoting and redaction. */
const mark = constantFrom(
  ';',
  '"',
  '; ',
  '"; ',
  '" at "',
  '\n',
  '\r',
  '\\',
  '北京；',
  '“',
  "'",
  '.',
  ': ',
  '\u2028',
  '',
);
const canary = tuple(mark, mark, stringMatching(/^1[3-9]\d{9}$/), mark).map(
  ([before, between, core, after]): Canary => ({
    text: `${before}${core}${between}${core}${after}`,
    name: `x${core}`,
    core,
  }),
);

describe('the errors of a request', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const send = async (url: string, planted: Planted, language: string): Promise<string> => {
    const { body, search, ...members } = planted;
    const headers = {
      accept: url.endsWith('/stream') ? 'text/event-stream' : 'application/json',
      'accept-language': language,
      'apollo-require-preflight': '1',
    };
    const response =
      search === undefined
        ? await fetch(url, {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: body ?? json(members),
          })
        : await fetch(`${url}?${new URLSearchParams(search).toString()}`, { headers });
    expect([200, 400, 403, 405, 406]).toContain(response.status);
    return response.text();
  };
  /** `data` is a result, not an error: aliases are returned there. */
  const errorsIn = (text: string): string => text.replace(/"data":\{.*?\}(?=,"|\})/s, '');

  it.each(Object.entries(positions))('do not repeat %s', async (_, plant) => {
    const result = await check(
      asyncProperty(canary, constantFrom('en', 'zh'), async (planted, language) => {
        for (const url of [app.url, `${app.url}/stream`]) {
          const text = errorsIn(await send(url, plant(planted), language));
          if (text.includes(planted.core) || text.includes('INTERNAL_SERVER_ERROR')) return false;
        }
        return true;
      }),
      { numRuns: 12 },
    );
    expect(result.failed ? `seed ${result.seed}: ${json(result.counterexample)}` : '').toBe('');
  });

  it('take no longer for a long value than reading it', async () => {
    const askWith = (n: string) => () =>
      app.ask('query ($n: Int) { brands(first: $n) { totalCount } }', { n });
    const hostile = ';cannot represent value: got invalid value "'.repeat(1_400);
    const unit = askWith('x'.repeat(hostile.length));
    expect(await relativeCost(askWith(hostile), { unit, below: 10 })).toBeLessThan(10);
  });

  it('name the problem and its place', async () => {
    const operationEvent = async (query: string, variables = {}, language = 'en') =>
      (await app.ask(query, variables, { 'accept-language': language })).errors.map(({ message }) => message);
    expect(await operationEvent('{\n  brands { nam }\n}')).toEqual([
      'Cannot query field "nam" on type "BrandConnection".',
    ]);
    expect(await operationEvent('{ brands { nodes { nam } } }')).toEqual([
      'Cannot query field "nam" on type "Brand". Did you mean "name"?',
    ]);
    expect(await operationEvent('{ brands { nodes { nam } } }', {}, 'zh')).toEqual([
      '类型 "Brand" 没有字段 "nam"。是否指 "name"？',
    ]);
    expect(await operationEvent('{ brand { name } }')).toEqual(['"brandId" must be given to field "brand".']);
    expect(await operationEvent('{ brands }')).toEqual([
      'Field "brands" must have a selection of subfields.',
    ]);
    expect(await operationEvent('{ brands(first: "x") { totalCount } }', {}, 'zh')).toEqual([
      '参数 "first"：值的类型应为 "Int"（31 位以内的整数）。',
    ]);
    expect(await operationEvent('query ($a: Int) { brand(brandId: $a) { name } }')).toEqual([
      'Variable "a" of type "Int" is used where "ID!" is expected.',
    ]);
    const { errors, text } = await app.ask('{\n  brands {\n    totalCount(\n  }\n}');
    expect(errors).toMatchObject([
      {
        message: 'Syntax Error: expected Name here.',
        locations: [{ line: 4, column: 3 }],
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      },
    ]);
    expect(text).toContain('"line":4');
  });
});
