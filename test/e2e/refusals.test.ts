import { join } from 'node:path';
import { parse, type GraphQLObjectType } from 'graphql';
import { readExamples, textOf, type Example } from '../../src/cli/reference/examples';
import { codeOf, userErrorOf } from '../../src/cli/reference/upstream-errors';
import { errorTables, type DocumentedError } from '../../src/documents/error-tables';
import { createLog } from '../../src/cli/log';
import { upstreamOf } from '../../src/graphql/cost/upstream';
import { servedSchema } from '../../src/graphql/schema/schema';
import { interfaceNames, interfaces, type InterfaceName } from '../../src/wechatpay/api/interfaces';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type Answer, type TestApp } from '../support/test-app';

const directory = join(__dirname, '..', '..', 'schema');
const examples = readExamples(join(directory, 'operations'));
const tables: Readonly<Partial<Record<InterfaceName, readonly DocumentedError[]>>> = errorTables;
const common = [
  { status: 400, code: 'PARAM_ERROR', message: '参数错误' },
  { status: 400, code: 'INVALID_REQUEST', message: 'HTTP 请求不符合微信支付 APIv3 接口规则' },
];
const schema = servedSchema();

const callsFirst = (shown: string, name: InterfaceName): boolean => {
  const [type = '', fieldName = ''] = shown.split('.');
  const field = (schema.getType(type) as GraphQLObjectType).getFields()[fieldName];
  return field !== undefined && upstreamOf(field.extensions)?.interfaces[0] === name;
};

/** The reference selects the lists together, and the refusal of one ends the operation. */
const lists = [
  ['userCards', '(openid: $openid, first: 5)'],
  ['cardTemplates', '(first: 5)'],
  ['membershipActivities', '(first: 5)'],
].map(([field = '', args = '']): Example => ({
  name: field,
  file: 'lists.graphql',
  document: parse(
    `query Lists${field === 'userCards' ? '($openid: ID!)' : ''} { brand(brandId: "1004") { ${field}${args} { totalCount } } }`,
  ),
  variables: field === 'userCards' ? { openid: 'o1004-member-00028' } : {},
  shows: [`Brand.${field}`],
}));

/** An operation of the reference with a field that calls the interface first. */
const exampleOf = (name: InterfaceName): Example | undefined =>
  [...examples, ...lists].find(
    ({ shows }) => shows.length <= 2 && shows.some((shown) => callsFirst(shown, name)),
  );

interface UserError {
  readonly code: string;
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly wechatMessage: string | null;
  readonly requestId: string | null;
}

const userErrorsIn = ({ data }: Answer): readonly UserError[] => {
  const [payload] = Object.values(data ?? {}) as { readonly userErrors?: readonly UserError[] }[];
  return payload?.userErrors ?? [];
};

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

describe("WeChat Pay's refusals", () => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  const lines: string[] = [];
  /** Renewed for each test, because a log counts repeated lines. */
  let log = createLog((line) => lines.push(line));
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 60 });
    upstream = await startFaultyUpstream(sandbox);
    app = await testApp({
      upstream: sandbox,
      change(config) {
        const fast = { brand: 10_000, partner: 10_000 };
        const limits = Object.fromEntries(interfaceNames.map((name) => [name, fast]));
        const configured = upstream.configure(config);
        // Every read is sent.
        return { ...configured, cache: { maxBytes: 1 }, wechatPay: { ...configured.wechatPay, limits } };
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await sandbox.close();
  });
  beforeEach(() => {
    app.exchanges.length = 0;
    app.audit.length = 0;
    app.reports.length = 0;
    lines.length = 0;
    log = createLog((line) => lines.push(line));
  });

  const replay = (status: number, body: object | string, number = '268575822', signed = true): void => {
    upstream.spoil(() => ({
      status,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signed,
      headers: { 'Request-ID': `08F78BB5AF0610D302-${number}` },
    }));
  };

  const rows = interfaceNames.flatMap((name) =>
    [...common, ...(tables[name] ?? [])].map((row) => [name, row.message, row] as const),
  );

  it.each(rows.filter(([name]) => exampleOf(name) !== undefined))(
    '%s: %s reaches caller, log and audit, named and redacted, in both languages',
    async (name, _, row) => {
      const example = exampleOf(name) as Example;
      const given = textsIn(example.variables).filter((text) => !/^[A-Z_]+$/.test(text));
      // WeChat Pay may quote anything that was sent.
      replay(row.status, { code: row.code, message: `${row.message}：${given.join('，')}` });
      for (const [language, expected] of [
        ['en', userErrorOf(row)],
        ['zh-CN', undefined],
      ] as const) {
        app.exchanges.length = 0;
        const answer = await app.ask(textOf(example), example.variables, {
          'accept-language': language,
        });
        const exchange = app.exchanges.find((one) => one.interface === name);
        expect(exchange).toMatchObject({ status: row.status, wechatCode: row.code });
        let shown = exchange?.wechatMessage ?? '';
        if (interfaces[name].method !== 'GET') {
          const [error] = userErrorsIn(answer);
          expect(error?.code).toBe(userErrorOf(row)?.code);
          expect(error?.code).not.toBe('UPSTREAM_REJECTED');
          if (expected !== undefined) expect(error?.message).toBe(expected.message);
          else expect(error?.message).toMatch(/\p{Script=Han}/u);
          expect(error?.requestId).toMatch(/-268575822$/);
          expect(app.audit.at(-1)?.requestIds.join()).toMatch(/-268575822/);
          expect(app.audit.at(-1)).toMatchObject({
            outcome: error?.code,
            wechatMessages: [error?.wechatMessage],
          });
          shown += error?.wechatMessage ?? '';
        } else if (row.status === 404) {
          expect(answer.errors).toEqual([]);
        } else {
          const [error] = answer.errors;
          expect(error?.extensions.code).toBe(codeOf(row));
          expect(error?.extensions.code).not.toBe('UPSTREAM_REJECTED');
          expect(error?.extensions.requestId).toMatch(/-268575822$/);
          shown += String(error?.extensions.wechatMessage);
        }
        expect(shown).toMatch(/\p{Script=Han}/u);
        for (const text of given) if (text.length > 1) expect(shown).not.toContain(text);
      }
    },
  );

  it('covers every interface that a client can call by GraphQL', () => {
    expect(interfaceNames.filter((name) => exampleOf(name) === undefined)).toEqual(['UPLOAD_IMAGE']);
  });

  const update = (variables = {}, headers = {}) =>
    app.ask(
      textOf(exampleOf('UPDATE_USER_CARD') as Example),
      { ...exampleOf('UPDATE_USER_CARD')?.variables, ...variables },
      headers,
    );

  it('shows an undocumented refusal and its place', async () => {
    replay(400, {
      code: 'PARAM_ERROR',
      message: '参数错误',
      detail: { field: '/level', issue: '字节数 99，大于最大值 40', location: 'body' },
    });
    expect(userErrorsIn(await update())).toMatchObject([
      { code: 'INVALID', field: ['input', 'level'], wechatMessage: '参数错误; 字节数 99，大于最大值 40' },
    ]);
    replay(400, { code: 'INVALID_REQUEST', message: '品牌余额不足' });
    expect(userErrorsIn(await update())).toMatchObject([
      { code: 'UPSTREAM_REJECTED', field: null, wechatMessage: '品牌余额不足' },
    ]);
  });

  it('identifies a case by the number of the Request-ID if its sentence is English', async () => {
    replay(400, { code: 'INVALID_REQUEST', message: 'The user already has a valid card' }, '268575529');
    const { variables, ...example } = exampleOf('IMPORT_USER_CARD_BY_OPENID') as Example;
    expect(userErrorsIn(await app.ask(textOf({ ...example, variables }), variables))).toMatchObject([
      { code: 'CARD_ALREADY_EFFECTIVE' },
    ]);
  });

  const read = (headers = {}) => {
    const example = exampleOf('GET_USER_CARD') as Example;
    return app.ask(textOf(example), example.variables, headers);
  };

  it.each([
    ['HTTP头Authorization中的timestamp与发起请求的时间不得超过5分钟', /Clock/, '时钟'],
    ['商户证书序列号有误。请使用签名私钥匹配的证书序列号', /Serial number/, '证书序列号'],
    ['错误的签名，验签失败', /Private key/, '私钥'],
    ['Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》', /Request/, '请求'],
    ['Http头Authorization认证类型不正确', /Route/, '路由'],
    ['验证不通过', /check .*serial.*privateKeyFile.*clock/, '请检查'],
  ])("401 %s has a hint in the response, in the log and in the error's record", async (message, en, zh) => {
    replay(401, { code: 'SIGN_ERROR', message }, '268546525', false);
    const english = await read();
    expect(english.errors[0]?.message).toMatch(/^WeChat Pay does not accept this server's credential/);
    expect(english.errors).toMatchObject([
      { extensions: { code: 'MISCONFIGURED', wechatCode: 'SIGN_ERROR', wechatMessage: message } },
    ]);
    expect(english.errors[0]?.extensions.hint).toMatch(en);
    expect(english.errors[0]?.extensions.requestId).toMatch(/-268546525$/);
    const chinese = await read({ 'accept-language': 'zh-CN' });
    expect(chinese.errors[0]?.extensions.hint).toContain(zh);
    const [exchange] = app.exchanges.slice(-1);
    if (exchange !== undefined) log.observeAttempt(exchange);
    const [report] = app.reports;
    if (report !== undefined) log.reportError(report);
    const logged = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(logged).toHaveLength(2);
    for (const line of logged) {
      expect(line).toMatchObject({ status: 401, wechatCode: 'SIGN_ERROR', wechatMessage: message });
      expect(line.hint).toMatch(en);
      expect(line.hint).toContain(zh);
    }
  });

  it.each([401, 400])('%i as a page still returns what can be returned', async (status) => {
    replay(status, '<html><h1>Denied by gateway 7</h1></html>', '0', false);
    const { errors } = await read();
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_MALFORMED', wechatMessage: 'Denied by gateway 7' } },
    ]);
    expect(errors[0]?.extensions.requestId).toBeDefined();
    expect(app.exchanges.at(-1)).toMatchObject({ status, wechatMessage: 'Denied by gateway 7' });
    expect(app.exchanges.at(-1)?.hint === undefined).toBe(status !== 401);
  });

  it('the rate limit has a retry time', async () => {
    replay(429, { code: 'RATELIMIT_EXCEEDED', message: '接口请求频率达到限制' }, '268575819');
    const { errors, headers } = await update();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_RATE_LIMITED' } }]);
    const { retryAfterMs } = errors[0]?.extensions ?? {};
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThan(60_000);
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
