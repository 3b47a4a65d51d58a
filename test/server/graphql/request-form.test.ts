import { testApp, type TestApp } from '../../support/test-app';

interface Malformed {
  readonly method: string;
  /** Of the URL. */
  readonly search?: string;
  readonly body?: string;
  readonly type?: string;
  readonly status: number;
  readonly en: RegExp;
  readonly zh: RegExp;
}

const post = (body: string, en: RegExp, zh: RegExp): Malformed => ({
  method: 'POST',
  body,
  status: 400,
  en,
  zh,
});
const get = (search: string, en: RegExp, zh: RegExp): Malformed => ({
  method: 'GET',
  search,
  status: 400,
  en,
  zh,
});
const noDocument = [/^query must be the text/, /^query 须为文档的文本/] as const;
const noObject = [/^The body must be a JSON object/, /^请求体须为 JSON 对象/] as const;
const noVariables = [/^variables must be a JSON object/, /^variables 须为 JSON 对象/] as const;

const malformed: Readonly<Record<string, Malformed>> = {
  'no JSON': post('{', /^The body is not JSON/, /^请求体不是有效的 JSON/),
  'an empty body': post('', ...noObject),
  'a text': post('"text"', ...noObject),
  'another content type': { ...post('{"query":"{ __typename }"}', ...noObject), type: 'text/plain' },
  'a batch': post(
    '[{"query":"{ __typename }"}]',
    /^A request holds one operation/,
    /^一次请求只能包含一个操作/,
  ),
  'no members': post('{}', ...noDocument),
  'an empty document': post('{"query":""}', ...noDocument),
  'a number as document': post('{"query":5}', ...noDocument),
  'variables as text': post('{"query":"{ __typename }","variables":"{}"}', ...noVariables),
  'variables as list': post('{"query":"{ __typename }","variables":[1]}', ...noVariables),
  'extensions as number': post(
    '{"query":"{ __typename }","extensions":1}',
    /^extensions must be a JSON object/,
    /^extensions 须为 JSON 对象/,
  ),
  'operationName as number': post(
    '{"query":"{ __typename }","operationName":1}',
    /^operationName must be a string/,
    /^operationName 须为字符串/,
  ),
  'no query in the URL': get('', ...noDocument),
  'variables in the URL that are no JSON': get('?query={__typename}&variables=x', ...noVariables),
  'query twice': get(
    '?query={__typename}&query={__typename}',
    /^query may be given only once/,
    /^query 只能出现一次/,
  ),
  'a mutation by GET': {
    ...get('?query=mutation{__typename}', /^Mutations are sent by POST/, /^变更须以 POST 发送/),
    status: 405,
  },
  'another method': {
    method: 'PUT',
    body: '{"query":"{ __typename }"}',
    status: 405,
    en: /^This path takes GET, HEAD, POST only\.$/,
    zh: /^该路径仅支持 GET、HEAD、POST。$/,
  },
  'another path': {
    ...get('/nothing', /^There is nothing at this path/, /^该路径不存在/),
    status: 404,
  },
};

describe('a request that is none', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  describe.each([
    ['/graphql', 'application/json'],
    ['/graphql', 'application/graphql-response+json'],
    ['/graphql', 'text/event-stream'],
    ['/graphql/stream', 'text/event-stream'],
  ])('at %s for %s', (path, accept) => {
    it.each(Object.entries(malformed))(
      '%s',
      async (name, { method, search = '', body, type, status, en, zh }) => {
        // That path says that it takes subscriptions only.
        if (path === '/graphql/stream' && name === 'a mutation by GET') return;
        for (const [language, sentence] of [
          ['en', en],
          ['zh', zh],
        ] as const) {
          const response = await fetch(new URL(path, app.url).href + search, {
            method,
            headers: { accept, 'content-type': type ?? 'application/json', 'accept-language': language },
            ...(body === undefined ? {} : { body }),
          });
          const { errors, ...rest } = (await response.json()) as {
            errors: { message: string; extensions: { code: string } }[];
          };
          expect([response.status, rest]).toEqual([status, {}]);
          expect(errors).toEqual([
            {
              message: expect.stringMatching(sentence) as string,
              extensions: { code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST' },
            },
          ]);
          if (status === 405) expect(response.headers.get('allow')).toMatch(/POST/);
        }
      },
    );
  });
});
