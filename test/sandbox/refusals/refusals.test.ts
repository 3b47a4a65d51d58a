import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusals, type RefusalName } from '../../../src/sandbox/refusals';
import {
  borrowedRefusals,
  documentedRefusals,
  refusalsOf,
  type RefusingInterface,
} from '../../../src/sandbox/refusals-of';
import { signRefusals, type SignRefusalName } from '../../../src/sandbox/sign-refusals';
import { errorTables as documents } from '../../../src/documents/error-tables';
import { startSandbox, type Sandbox } from '../../support/sandbox';
import type { RawRequest } from '../support';
import { triggers } from './triggers';
import { worldOf, type World } from './world';

interface Row {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const tables: Readonly<Record<string, readonly Row[]>> = documents;
const names = Object.keys(documentedRefusals) as RefusingInterface[];
/** Rows as texts, in one order. */
const sorted = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ status, code, message }) => `${String(status)} ${code} ${message}`).sort();
/** Rows that only the founding documents have, and their replacement in 2026. */
const is2025 = (name: RefusalName): boolean => name.endsWith('2025');

/** The documents' product-wide table (brand 4022247862) prints these; no other number is documented. */
const printed: Readonly<Record<string, number>> = {
  用户已有待激活的会员卡: 268_575_528,
  用户已有已生效的会员卡: 268_575_529,
  用户不存在未激活的会员卡: 268_575_533,
  'OpenID 无效': 268_575_635,
};

describe('the table of refusals', () => {
  it.each(names)('has each row that the documents have for %s, and no other', (name) => {
    expect(sorted(documentedRefusals[name].map((one) => refusals[one]))).toEqual(sorted(tables[name] ?? []));
  });

  it('has every interface except uploads, which have their own test', () => {
    expect(Object.keys(tables).sort()).toEqual([...names, 'UPLOAD_IMAGE'].sort());
  });

  it('has the numbers that the documents print', () => {
    const numbered = Object.values(refusals).flatMap(({ message, number }) =>
      number === undefined ? [] : [[message, number]],
    );
    expect(Object.fromEntries(numbered)).toEqual(printed);
  });

  it.each([
    ['refusals', () => readmeTable()],
    ['sign-refusals', () => signTable()],
  ])('is the same in the README: %s', (part, table) => {
    const readme = readFileSync(join(__dirname, '../../../src/sandbox/README.md'), 'utf8');
    const listed = readme.split(`<!-- ${part} -->`)[1]?.split(`<!-- /${part} -->`)[0] ?? '';

    const cells = (text: string): readonly string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('|') && !/^\| *-/.test(line))
        .map((line) => line.replace(/\s*\|\s*/g, '|').trim());
    expect(cells(listed)).toEqual(cells(table()));
  });
});

/** The table as the README has it; to renew it, paste what this test expects and run Prettier. */
const readmeTable = (): string => {
  const withRefusal = (
    lists: Partial<Record<string, readonly RefusalName[]>>,
    name: string,
    mark: string,
  ): readonly string[] =>
    Object.entries(lists).flatMap(([one, list]) =>
      list?.includes(name as RefusalName) === true ? [`${one}${mark}`] : [],
    );
  const lines = Object.entries(refusals).map(([name, { status, code, message, how, number }]) => {
    const interfaces = [
      ...withRefusal(documentedRefusals, name, ''),
      ...withRefusal(borrowedRefusals, name, '\\*'),
    ];
    const named = interfaces.length > 3 ? `${String(interfaces.length)} interfaces` : interfaces.join(', ');
    const numbered = `${message}${number === undefined ? '' : ` (${String(number)})`}`;
    return `| ${numbered} | ${String(status)} ${code} | ${named} | ${how} |`;
  });
  return ['| sentence | status, code | interfaces | how to provoke it |', ...lines].join('\n');
};

const signTable = (): string =>
  [
    '| sentence of a 401 `SIGN_ERROR` | how to provoke it |',
    ...Object.values(signRefusals).map(({ message, how }) => `| ${message} | ${how} |`),
  ].join('\n');

describe('the sandbox refuses', () => {
  const started: Sandbox[] = [];
  let world: World;
  let of2025: World;
  let full: World;
  const begin = async (options: Parameters<typeof startSandbox>[0]): Promise<World> => {
    const sandbox = await startSandbox(options);
    started.push(sandbox);
    const one = worldOf(sandbox);
    const limits = Object.fromEntries(names.map((name) => [name, 10_000]));
    await one.control('PUT', 'limits', { limits });
    return one;
  };
  beforeAll(async () => {
    world = await begin({ membersPerBrand: 90 });
    of2025 = await begin({ membersPerBrand: 1, documents: '2025' });
    full = await begin({ membersPerBrand: 1, maxTemplatesPerType: 3 });
    ofBrand = worldOf(world.sandbox, 'brand');
  });
  afterAll(async () => {
    for (const sandbox of started) await sandbox.close();
  });
  let ofBrand: World;
  const worldFor = (name: RefusalName): World =>
    is2025(name) ? of2025 : name === 'tooManyTemplates' ? full : world;

  it.each(names)('nothing of a valid request: %s', async (name) => {
    expect(await world.ask(name)).toMatchObject({ status: 200, verified: true });
  });

  it.each(names.flatMap((name) => refusalsOf(name).map((refusal) => [name, refusal] as const)))(
    '%s as documented: %s',
    async (name, refusal) => {
      const { status, code, message } = refusals[refusal];
      const where = worldFor(refusal);
      const answer = await where.ask(name, triggers[refusal](where, name));
      expect(answer).toMatchObject({ status, code, message, verified: true });
      const number = printed[message] ?? 268_435_456;
      expect(answer.headers.get('request-id')).toMatch(new RegExp(`^[0-9A-F]{32}-${String(number)}$`));
    },
  );

  /** Whose caller cannot name another brand. The brand documents have no tables; they share the product-wide one. */
  const onBrand = names.filter((name) => !/BY_PHONE|MEMBERSHIP_ACTIVIT/.test(name));
  const ofBoth = (name: RefusalName): boolean =>
    !/^(notOpened|brandNotOpened|tooManyTemplates)$|2025$/.test(name);
  it.each(
    onBrand.flatMap((name) =>
      refusalsOf(name)
        .filter(ofBoth)
        .map((refusal) => [name, refusal] as const),
    ),
  )('%s on the brand route, too: %s', async (name, refusal) => {
    const { status, code, message } = refusals[refusal];
    const answer = await ofBrand.ask(name, triggers[refusal](ofBrand, name));
    expect(answer).toMatchObject({ status, code, message, verified: true });
  });

  it.each(onBrand)('nothing of a valid request on the brand route: %s', async (name) => {
    expect(await ofBrand.ask(name)).toMatchObject({ status: 200, verified: true });
  });

  const used = 'abcdef0123456789abcdef0123456789';
  const now = (): number => Math.floor(Date.now() / 1000);
  it.each<[SignRefusalName, () => Partial<RawRequest>]>([
    ['scheme', () => ({ scheme: 'WECHATPAY-BRAND-SHA256-RSA2048' })],
    ['scheme', () => ({ headers: { authorization: undefined } })],
    ['form', () => ({ headers: { authorization: 'WECHATPAY2-SHA256-RSA2048 mchid=1' } })],
    ['nonce', () => ({ nonce: 'a-b' })],
    ['timestamp', () => ({ timestamp: now() - 360 })],
    ['timestamp', () => ({ timestamp: now() + 360 })],
    [
      'caller',
      () => {
        const rest = `nonce_str="1",signature="x",timestamp="${String(now())}",serial_no="00"`;
        return { headers: { authorization: `WECHATPAY2-SHA256-RSA2048 mchid="1",${rest}` } };
      },
    ],
    ['serial', () => ({ serial: '00' })],
    ['signature', () => ({ signedTarget: '/else' })],
    ['replay', () => ({ nonce: used })],
  ])('an Authorization, unsigned, with the sentence of its cause: %s', async (name, change) => {
    const { message, parameter } = signRefusals[name];
    if (name === 'replay') await world.ask('GET_USER_CARD', {}, { nonce: used });
    expect(await world.ask('GET_USER_CARD', {}, change())).toMatchObject({
      status: 401,
      code: 'SIGN_ERROR',
      message,
      verified: undefined,
      data: { detail: { field: parameter, location: 'authorization' } },
    });
  });

  describe.each(names)('%s as every interface does:', (name) => {
    it('a value that breaks a rule', async () => {
      const { status, code, message, headers } = await world.ask(name, { brand_id: 'x'.repeat(33) });
      expect([status, code, message?.slice(0, 4)]).toEqual([400, 'PARAM_ERROR', '参数错误']);
      expect(headers.get('request-id')).toMatch(/-268575822$/);
    });

    it('an undocumented member', async () => {
      const { message, headers } = await world.ask(name, { surplus: 1 });
      expect(message).toBe('请求中含有未在API文档中定义的参数');
      expect(headers.get('request-id')).toMatch(/-270924358$/);
    });

    it('a header that breaks a rule', async () => {
      const { status, code, message } = await world.ask(name, {}, { headers: { accept: 'text/html' } });
      const documented = 'HTTP 请求不符合微信支付 APIv3 接口规则';
      expect([status, code, message]).toEqual([400, 'INVALID_REQUEST', documented]);
    });

    it('a wrong signature', async () => {
      expect(await world.ask(name, {}, { signedTarget: '/else' })).toMatchObject({
        status: 401,
        code: 'SIGN_ERROR',
      });
    });

    it('calls while a fault is active', async () => {
      world.sandbox.faults.set([{ kind: 'systemError', interface: name, times: 1 }]);
      const { status, code, message } = await world.ask(name);
      expect([status, code, message]).toEqual([500, 'SYSTEM_ERROR', '系统异常，请稍后重试']);
    });
  });

  it('one request, by a fault with a documented sentence', async () => {
    for (const refusal of refusalsOf('GET_USER_CARD')) {
      const { status, code, message } = refusals[refusal];
      const fault = { kind: 'refused', interface: 'GET_USER_CARD', message, times: 1 };
      expect(await world.control('PUT', 'faults', [fault])).toEqual({});
      expect(await world.ask('GET_USER_CARD')).toMatchObject({ status, code, message, verified: true });
    }
    expect(await world.ask('GET_USER_CARD')).toMatchObject({ status: 200 });
    const wrong = { kind: 'refused', interface: 'GET_USER_CARD', message: 'cell不合法' };
    expect(await world.control('PUT', 'faults', [wrong])).toMatchObject({
      message: expect.stringContaining('用户会员卡不存在') as string,
    });
  });

  it('what its control API lists', async () => {
    const of = async (query: string): Promise<unknown> => {
      const response = await fetch(`${world.sandbox.url}/sandbox/refusals${query}`);
      return response.json();
    };
    const listed = (await of('')) as readonly (Row & { readonly interface: string })[];
    for (const name of names)
      expect(sorted(listed.filter((row) => row.interface === name))).toEqual(
        sorted(refusalsOf(name).map((one) => refusals[one])),
      );
    expect(await of('?interface=GET_CARD_TEMPLATE')).toMatchObject([
      { message: '会员卡模板不存在', status: 404, documented: true, how: expect.any(String) as string },
      { message: '商家未开通商家名片会员功能' },
    ]);
  });

  it('no code that only another template of the brand has', async () => {
    const { card_id } = world.newTemplate({});
    const user_card_code = '478515832665';
    expect(await world.ask('IMPORT_USER_CARD_BY_OPENID', { card_id, user_card_code })).toMatchObject({
      status: 200,
      data: { card_id, user_card_code },
    });
    // Each is read by its own template.
    expect(await world.ask('GET_USER_CARD')).toMatchObject({ status: 200 });
  });

  it('the import by phone of a user who deleted the card', async () => {
    const phoneNumber = '13912341234';
    const { brandId, cardId } = world.sandbox.example;
    const { userCardCode } = world.sandbox.users.open({ brandId, cardId, phoneNumber });
    world.sandbox.users.remove({ brandId, userCardCode });
    expect(
      await world.ask('IMPORT_USER_CARD_BY_PHONE', { phone_number: world.seal(phoneNumber) }),
    ).toMatchObject({ status: 400, message: '该手机号已被导入过' });
  });

  it('an import by phone into a FIX_TERM template without the time of pickup', async () => {
    const card_id = 'p1004Seed-Template-1';
    expect(await world.ask('IMPORT_USER_CARD_BY_PHONE', { card_id })).toMatchObject({
      status: 400,
      code: 'PARAM_ERROR',
      data: { detail: { field: '/pickup_time' } },
    });
  });

  it('a new template without a whole member centre', async () => {
    expect(await world.ask('CREATE_CARD_TEMPLATE', { member_information: {} })).toMatchObject({
      status: 400,
      data: { detail: { field: '/member_information/jump_appid' } },
    });
  });
});
