import { costlyDocuments } from '../support/costly-documents';
import { testApp, type TestApp } from '../support/test-app';

interface Asked {
  readonly query: string;
  /** JSON as it is sent. */
  readonly variables?: string;
  readonly operationName?: string;
}

const subscription = (types: string, args = 'brandId: "1004"'): string =>
  `subscription s${types} { userCardEvents(${args}) { eventId } }`;
const costly = (name: string, size: number): Asked => ({ query: costlyDocuments[name]?.(size) ?? '' });

/** Each with the message of its refusal: English, Chinese. */
const refused: readonly (readonly [name: string, asked: Asked, en: RegExp, zh: RegExp])[] = [
  [
    'a long text',
    { query: `{ __typename } #${'x'.repeat(270_000)}` },
    /at most 262144 bytes/,
    /最多 262144 字节/,
  ],
  ['many comments', costly('many comments', 100), /at most 2000 tokens/, /最多包含 2000 个词法单元/],
  ['many fields', costly('one alias for many fields', 600), /at most 500 fields/, /最多选择 500 个字段/],
  [
    'the same field again and again',
    costly('one object again and again', 160),
    /selects the same fields too often/,
    /重复选择同一字段的次数过多/,
  ],
  ['no GraphQL', { query: 'subscription {' }, /Syntax Error: expected Name here/, /语法错误：此处应为 Name/],
  ['an unknown field', { query: '{ nothing }' }, /Cannot query field "nothing"/, /没有字段 "nothing"/],
  [
    'an unknown operation',
    { query: subscription(''), operationName: 'other' },
    /operationName names no operation/,
    /没有 operationName 指明的操作/,
  ],
  [
    'many variables',
    {
      query: subscription(''),
      variables: JSON.stringify(
        Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`v${index}`, 1])),
      ),
    },
    /at most 50 variables/,
    /最多包含 50 个变量/,
  ],
  [
    'deep variables',
    { query: subscription(''), variables: `{"v": ${'['.repeat(20)}${']'.repeat(20)}}` },
    /nested at most 10 deep/,
    /嵌套最多 10 层/,
  ],
  ...['6901234567890123457', '1e21', '1.0'].map(
    (number) =>
      [
        `the ID ${number}`,
        {
          query: subscription('($v: ID!)', 'brandId: $v'),
          variables: `{"v": ${number}}`,
        },
        /^Variable "\$v" got an invalid value: .*send it as a string\.$/,
        /^变量 "\$v" 的值无效：.*请以字符串发送。$/,
      ] as const,
  ),
  [
    'a variable of another type',
    { query: subscription('($v: ID!)', 'brandId: $v'), variables: '{"v": {}}' },
    /expected "ID!"/,
    /应为 "ID!"/,
  ],
  [
    'a literal that is no ID',
    { query: subscription('', 'brandId: 1e21') },
    /Argument "brandId": .*send it as a string/,
    /参数 "brandId"：.*请以字符串发送/,
  ],
];

describe('every transport', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const headers = (path: string, language: string) => ({
    accept: path === '/stream' ? 'text/event-stream' : 'application/json',
    'accept-language': language,
    'apollo-require-preflight': '1',
  });
  const post = (path: string, { query, variables = '{}', operationName }: Asked, language: string) =>
    fetch(app.url + path, {
      method: 'POST',
      headers: { ...headers(path, language), 'content-type': 'application/json' },
      body: `{"query": ${JSON.stringify(query)}, "variables": ${variables}, "operationName": ${JSON.stringify(operationName ?? null)}}`,
    });
  const get = (path: string, { query, variables = '{}', operationName }: Asked, language: string) => {
    const search = new URLSearchParams({ query, variables, ...(operationName ? { operationName } : {}) });
    return fetch(`${app.url}${path}?${search.toString()}`, { headers: headers(path, language) });
  };
  const messages = async (response: Response): Promise<readonly string[]> => {
    const text = await response.text();
    const [json] = /\{.*\}/s.exec(text) ?? [];
    if (json === undefined) throw new Error(`${response.status} ${text}`);
    const { errors } = JSON.parse(json) as { errors: readonly { message: string }[] };
    return errors.map(({ message }) => message);
  };

  it.each(refused)('refuses %s with the same sentence', async (_, asked, en, zh) => {
    for (const path of ['', '/stream'])
      for (const [language, sentence] of [
        ['en', en],
        ['zh', zh],
      ] as const) {
        expect((await messages(await post(path, asked, language))).join('\n')).toMatch(sentence);
        // A header is too small for more. A subscription by GET is refused by Apollo before it checks variables.
        if (encodeURIComponent(asked.query).length > 12_000) continue;
        if (path === '' && asked.query.startsWith('subscription s')) continue;
        expect((await messages(await get(path, asked, language))).join('\n')).toMatch(sentence);
      }
    expect(app.arrived()).toBe(0);
  });

  it('refuses a rounded ID by GET as well', async () => {
    const asked = { query: 'query ($v: ID!) { brand(brandId: $v) { name } }', variables: '{"v": 1.0}' };
    expect((await messages(await get('', asked, 'en'))).join()).toMatch(/send it as a string/);
  });
});
