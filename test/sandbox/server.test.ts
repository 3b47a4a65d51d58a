import { constants, createDecipheriv, privateDecrypt, X509Certificate } from 'node:crypto';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { call, sealFor, type RawRequest } from './support';

const prefix = '/v3/brand/partner/card-member';
const brandPrefix = '/brand/card-member';
const cardId = 'pbLatjvWOibDc5-TBnbUk1pD12o0';
const card = `user-cards/478515832665?card_id=${cardId}&openid=obLatjnx9gnqzS4myYGmLZ7LgLBA`;

describe('the sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 10 });
    // Tests that are not about limits must not exceed them.
    await fetch(`${sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({
        limits: Object.fromEntries(
          ['GET_USER_CARD', 'CREATE_CARD_TEMPLATE', 'UPDATE_USER_CARD', 'IMPORT_USER_CARD_BY_PHONE'].map(
            (name) => [name, 1000],
          ),
        ),
      }),
    });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.faults.set([]);
  });

  const get: RawRequest = { target: `${prefix}/${card}&brand_id=1004` };
  const getByBrand: RawRequest = { route: 'brand', target: `${brandPrefix}/${card}` };

  it.each([
    ['partner', get, () => sandbox.provision.partner.privateKeyPem],
    ['brand', getByBrand, () => sandbox.provision.brands[0]?.privateKeyPem ?? ''],
  ] as const)(
    'signs responses on the %s route and encrypts personal fields for the caller',
    async (_, request, key) => {
      const { status, data, verified } = await call(sandbox, request);
      expect([status, verified]).toEqual([200, true]);
      const phone = privateDecrypt(
        { key: key(), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
        Buffer.from(String(data.phone_number), 'base64'),
      );
      expect(phone.toString()).toMatch(/^13\d{9}$/);
      expect(data.modify_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
    },
  );

  it.each<[string, RawRequest]>([
    ['no Accept', { ...get, headers: { accept: '*/*' } }],
    [
      'a Content-Type without a body',
      {
        route: 'brand',
        method: 'POST',
        target: `${brandPrefix}/cards/${cardId}/invalidate`,
        headers: { 'content-type': 'application/json' },
      },
    ],
    ['no Wechatpay-Serial on the brand route', { ...getByBrand, headers: { 'wechatpay-serial': undefined } }],
    ["another key's Wechatpay-Serial", { ...getByBrand, headers: { 'wechatpay-serial': 'PUB_KEY_ID_1' } }],
    ['brand_id on the brand route', { ...getByBrand, target: `${brandPrefix}/${card}&brand_id=1004` }],
    ['no brand_id on the partner route', { ...get, target: `${prefix}/${card}` }],
    ['a parameter that is not documented', { ...get, target: `${prefix}/${card}&brand_id=1004&extra=1` }],
  ])('refuses %s with a signed 400', async (_, request) => {
    expect(await call(sandbox, request)).toMatchObject({ status: 400, verified: true });
  });

  describe('rules of a template', () => {
    let number = 0;
    const valid = (): Record<string, unknown> => ({
      out_request_no: `test-${number++}`,
      brand_id: '1004',
      appid: 'wxea9c30890f48d5ae',
      card_type: 'NORMAL',
      card_title: '测试卡',
      card_color: '#FFFF00',
      card_picture_url: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
      code_mode: 'SYSTEM_ALLOCATE',
      code_type: 'BAR_CODE',
      benefits: '会员折扣、专属价',
      notify_url: 'https://www.weixin.qq.com/wxpay/notify.php',
      valid_date_information: { type: 'PERMANENT' },
      member_information: { jump_appid: 'wx1', jump_path: '/member' },
    });
    const create = (change: object) =>
      call(sandbox, { method: 'POST', target: `${prefix}/cards`, body: { ...valid(), ...change } });

    it('accept a valid one', async () => {
      expect((await create({})).status).toBe(200);
    });

    it.each(Object.keys({ ...valid(), brand_id: 1 }))('require %s', async (field) => {
      expect(await create({ [field]: undefined })).toMatchObject({ status: 400, code: 'PARAM_ERROR' });
    });

    it.each<[string, unknown]>([
      ['out_request_no', '有'],
      ['out_request_no', 'x'.repeat(129)],
      ['card_title', '一二三四五六七八九十一'],
      ['card_title', 'a💳'],
      ['card_color', 'yellow'],
      ['card_color', '#FFF'],
      ['card_picture_url', 'ftp://x/y'],
      ['code_mode', 'NONE'],
      ['benefits', ''],
      ['benefits', null],
      ['benefits', 'x'.repeat(33)],
      ['notify_url', 'https://x.cn/a?b=c'],
      ['need_pinned', 'true'],
      ['legal_agreement', 'x'.repeat(20_481)],
      ['valid_date_information', { type: 'FOREVER' }],
      ['valid_date_information', { type: 'FIX_TERM', available_day_after_receive: 10_959 }],
      ['valid_date_information', { type: 'FIX_TIME_RANGE', available_begin_time: '2020-01-01' }],
      ['purchase_information', { price: 0 }],
      ['user_information', { custom_field_list: [{}, {}] }],
      ['user_information', { common_field_list: ['USER_FORM_FLAG_AGE'] }],
      ['unknown_field', 1],
    ])('refuse %s as %j', async (field, value) => {
      expect(await create({ [field]: value })).toMatchObject({
        status: 400,
        code: 'PARAM_ERROR',
        verified: true,
      });
    });

    it.each<[object, string, string]>([
      [{ card_title: '卡'.repeat(11) }, '/card_title', '卡名称太长，支持最长10个中文字、英文字符、标点'],
      [{ benefits: 1 }, '/benefits', '须为字符串'],
      [{ member_information: { jump_path: 1 } }, '/member_information/jump_path', '须为字符串'],
      [{ unknown: 1 }, '/unknown', '未在API文档中定义'],
    ])('report where %j is wrong', async (change, field, issue) => {
      const { status, data } = await create(change);
      expect([status, data.detail]).toEqual([400, { field, issue, location: 'body' }]);
    });
  });

  it('accepts personal fields only if encrypted with its own key', async () => {
    const update = (phone_number: string) =>
      call(sandbox, {
        method: 'PATCH',
        target: `${prefix}/user-cards/478515832665`,
        body: { brand_id: '1004', card_id: cardId, openid: 'obLatjnx9gnqzS4myYGmLZ7LgLBA', phone_number },
      });
    expect((await update(sealFor(sandbox, '13811112222'))).status).toBe(200);
    expect(await update(Buffer.alloc(256, 1).toString('base64'))).toMatchObject({
      code: 'PARAM_ERROR',
      message: '平台私钥解密失败',
    });
  });

  it('returns its platform certificate encrypted with the APIv3 key', async () => {
    const { data, verified } = await call(sandbox, {
      target: '/v3/certificates',
      headers: { 'wechatpay-serial': undefined },
    });
    expect(verified).toBe(true);
    const [{ serial_no: serial, encrypt_certificate: sealed }] = data.data as [
      { serial_no: string; encrypt_certificate: Record<string, string> },
    ];
    const bytes = Buffer.from(sealed.ciphertext ?? '', 'base64');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(sandbox.provision.partner.apiV3Key),
      Buffer.from(sealed.nonce ?? ''),
    );
    decipher.setAAD(Buffer.from('certificate'));
    decipher.setAuthTag(bytes.subarray(-16));
    const pem = decipher.update(bytes.subarray(0, -16)).toString() + decipher.final().toString();
    expect(new X509Certificate(pem).serialNumber).toBe(serial);
  });

  it.each(['sliding', 'fixed', 'bucket'] as const)(
    'refuses the sixth call of a second with 429 when counting by %s',
    async (counting) => {
      // Sent at one instant: on a slow machine, the calls of a burst are further apart than the limit.
      const at = Date.now();
      const strict = await startSandbox({ membersPerBrand: 1, counting, now: () => at });
      const answers = await Promise.all(Array.from({ length: 7 }, () => call(strict, getByBrand)));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(2);
      expect(refused[0]).toMatchObject({ code: 'RATELIMIT_EXCEEDED', message: '接口请求频率达到限制' });
      const { entries, peakPerSecond } = (await (await fetch(`${strict.url}/sandbox/ledger`)).json()) as {
        entries: { status: number }[];
        peakPerSecond: number;
      };
      expect([entries.length, peakPerSecond]).toEqual([7, 7]);
      await strict.close();
    },
  );

  it('forgets everything on reset', async () => {
    // A separate sandbox: the tests run in any order, and the others need their own limits.
    const own = await startSandbox({ membersPerBrand: 1 });
    await call(own, getByBrand);
    expect(own.ledger.entries()).toHaveLength(1);
    await fetch(`${own.url}/sandbox/reset`, { method: 'POST' });
    expect(own.ledger.entries()).toEqual([]);
    await own.close();
  });

  it('rejects if its port is taken', async () => {
    await expect(startSandbox({ port: sandbox.port, membersPerBrand: 1 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
