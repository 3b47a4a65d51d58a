import { verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settingsFor } from '../../src/cli/demo';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { aScheduledCall } from '../support/calls';
import { systemClock } from '../../src/shared/clock';
import type { Scope } from '../../src/traffic/calls/call';
import { createAccounts } from '../../src/wechatpay/accounts/accounts';
import { interfaces } from '../../src/wechatpay/api/interfaces';
import { createMemberCards, type MemberCards } from '../../src/wechatpay/api/member-cards';
import { createNotes } from '../../src/store/notes';
import { createCardNotes } from '../../src/wechatpay/api/card-notes';
import { createCacheKeys } from '../../src/wechatpay/api/cache-keys';
import { createUpstreamClock } from '../../src/wechatpay/crypto/upstream-clock';
import { createTransport, type Transport } from '../../src/wechatpay/transport/transport';
import { keyRing } from '../support/key-ring';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

const validDate = {
  type: 'PERMANENT',
  available_begin_time: '2020-05-20T13:29:35.120+08:00',
  available_end_time: '2020-05-20T13:29:35.120+08:00',
  available_day_after_receive: 30,
};
const picture =
  'https://wxpaylogo.qpic.cn/wxpaylogo/PiajxSqBRaEIPAeia7Imvtsn7sYGNcEj33YzVvJF88ECQ19LXId8ZL2Q/0';
const cardId = 'pbLatjvWOibDc5-TBnbUk1pD12o0';
const openid = 'obLatjnx9gnqzS4myYGmLZ7LgLBA';
const answers = {
  common_field_list: [{ name: 'USER_FORM_FLAG_BIRTHDAY', value: '1990-05-20' }],
  custom_field_list: [{ name: '喜欢的运动', user_chosen_values: ['篮球'] }],
};

/** The bodies of the documents' curl examples, personal fields in clear. */
const createExample = {
  out_request_no: '100002322019090134234sfdf',
  brand_id: '1004',
  appid: 'wxea9c30890f48d5ae',
  card_type: 'NORMAL',
  card_title: '测试卡',
  card_color: '#FFFF00',
  card_picture_url: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
  code_mode: 'SYSTEM_ALLOCATE',
  code_type: 'BAR_CODE',
  code_jump_information: { jump_appid: 'wxea9c30a90fs8d3fe', jump_path: '/pages/code/code' },
  benefits: '会员折扣、专属价',
  notify_url: 'https://www.weixin.qq.com/wxpay/notify.php',
  need_pinned: true,
  need_display_level: true,
  init_level: '白银会员',
  service_phone: '010-8877xxxx',
  legal_agreement: '商家需在 48 小时内发货,若商品存在质量问题,用户可在 7 天内申请退货。',
  valid_date_information: validDate,
  member_information: { jump_appid: 'wxea9c30a90fs8d3fe', jump_path: '/pages/points/points' },
  points_information: { jump_appid: 'wxea9c30a90fs8d3fe', jump_path: '/pages/points/points' },
  balance_information: { jump_appid: 'wxea9c30a90fs8d3fe', jump_path: '/pages/balance/balance' },
  purchase_information: {
    price: 100,
    jump_appid: 'wxea9c30a90fs8d3fe',
    jump_path: '/pages/purchase/purchase',
  },
  user_information: {
    common_field_list: ['USER_FORM_FLAG_SEX'],
    custom_field_list: [{ type: 'CHECK_BOX', name: '喜欢的运动', values: ['篮球'] }],
  },
};
const importExample = {
  brand_id: '1004',
  card_id: cardId,
  phone_number: '13912345678',
  user_card_code: '478515832665-1',
  card_color: '#FFFF00',
  card_picture_url: picture,
  level: '钻石会员',
  user_information: answers,
  valid_date_information: validDate,
  pickup_time: '2020-05-20T13:29:35.120+08:00',
};
const updateExample = {
  user_card_code: '478515832665',
  card_id: cardId,
  openid,
  card_color: '#FFFF00',
  card_picture_url: picture,
  phone_number: '13912345678',
  level: '钻石会员',
  valid_date_information: validDate,
  user_information: answers,
  attach: '自定义数据说明',
};

const scope = (): Scope => ({
  lane: 'mutation',
  caller: 'tests',
  canAccess: () => true,
  deadline: systemClock.now() + 5_000,
});

const membersOver = (
  sandbox: Sandbox,
  url: string,
): { readonly members: MemberCards; readonly transport: Transport } => {
  const settings = settingsFor(sandbox.provision, url);
  const accounts = createAccounts(settings, systemClock);
  const transport = createTransport({
    settings,
    accounts,
    clock: systemClock,
    upstreamClock: createUpstreamClock(systemClock),
  });
  const cacheKeys = createCacheKeys(keyRing('k1'));
  const members = createMemberCards({
    send: (call) => transport.send(aScheduledCall(call)),
    cacheKeys,
    notes: createCardNotes(createNotes(), cacheKeys),
    accountOf: (brandId, routes) => accounts.of(brandId, routes),
    avoid: (account) => {
      accounts.avoid(account);
    },
    isOurs: (brandId) => settings.brands.some((brand) => brand.brandId === brandId),
    limitOf: (name, { route }) => interfaces[name].callsPerSecond[route],
    observeCard: () => undefined,
  });
  return { members, transport };
};

describe("the founding documents' request examples", () => {
  let sandbox: Sandbox;
  let recorder: Server;
  let seen: Seen[];
  let members: MemberCards;
  let transport: Transport;

  beforeAll(async () => {
    // Their examples break rules of the tables of 2026, such as no dates for PERMANENT.
    sandbox = await startSandbox({ membersPerBrand: 5, documents: '2025' });
    recorder = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers, rawHeaders } = request;
        seen.push({ method, url, headers, rawHeaders, body });
        response.statusCode = 400;
        response.end('{"code":"PARAM_ERROR","message":""}');
      });
    });
    await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
    ({ members, transport } = membersOver(
      sandbox,
      `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`,
    ));
  });
  afterAll(async () => {
    await transport.close();
    recorder.close();
    await sandbox.close();
  });
  beforeEach(() => {
    seen = [];
  });

  const record = async (send: (members: MemberCards) => Promise<unknown>): Promise<Seen> => {
    await expect(send(members)).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
    const [one] = seen;
    if (one === undefined) throw new Error('nothing was sent');
    return one;
  };
  /** Header names that the documents list, besides those of HTTP itself. */
  const headerSet = ({ headers }: Seen): readonly string[] =>
    Object.keys(headers)
      .filter(
        (name) => !['host', 'connection', 'content-length', 'transfer-encoding', 'user-agent'].includes(name),
      )
      .sort();
  const checkSignature = (request: Seen, keyOf: 'partner' | 'brand'): void => {
    const [, scheme, parameters = ''] = /^(\S+) (.*)$/.exec(request.headers.authorization ?? '') ?? [];
    const values: Readonly<Record<string, string | undefined>> = Object.fromEntries(
      [...parameters.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const pem =
      keyOf === 'partner'
        ? sandbox.provision.partner.privateKeyPem
        : sandbox.provision.brands[1]?.privateKeyPem;
    const message = `${request.method}\n${request.url}\n${values.timestamp}\n${values.nonce_str}\n${request.body}\n`;
    expect(scheme).toBe(keyOf === 'partner' ? 'WECHATPAY2-SHA256-RSA2048' : 'WECHATPAY-BRAND-SHA256-RSA2048');
    expect(Object.keys(values).sort()).toEqual(
      [keyOf === 'partner' ? 'mchid' : 'brand_id', 'nonce_str', 'serial_no', 'signature', 'timestamp'].sort(),
    );
    expect(
      verify('sha256', Buffer.from(message), pem ?? '', Buffer.from(values.signature ?? '', 'base64')),
    ).toBe(true);
  };

  it('create template (partner) comes out as printed', async () => {
    const request = await record((one) => one.createCardTemplate(createExample, scope()));
    expect([request.method, request.url]).toEqual(['POST', '/v3/brand/partner/card-member/cards']);
    expect(JSON.parse(request.body)).toEqual(createExample);
    expect(headerSet(request)).toEqual(['accept', 'authorization', 'content-type', 'wechatpay-serial']);
    expect(request.headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' });
    checkSignature(request, 'partner');
  });

  it('import by phone (partner) comes out as printed, personal fields sealed', async () => {
    const request = await record((one) => one.importUserCardByPhone(importExample, scope()));
    expect([request.method, request.url]).toEqual([
      'POST',
      '/v3/brand/partner/card-member/user-cards/import-by-phone',
    ]);
    const body = JSON.parse(request.body) as typeof importExample;
    expect(Object.keys(body)).toEqual(Object.keys(importExample));
    const ciphertext = /^[A-Za-z0-9+/]{342}==$/;
    expect(body.phone_number).toMatch(ciphertext);
    expect(body.user_information.common_field_list[0]).toMatchObject({
      name: 'USER_FORM_FLAG_BIRTHDAY',
      value: expect.stringMatching(ciphertext) as string,
    });
    expect(body.user_information.custom_field_list[0]).toMatchObject({
      name: '喜欢的运动',
      user_chosen_values: [expect.stringMatching(ciphertext) as string],
    });
    expect(request.body).not.toMatch(/13912345678|1990-05-20|篮球/);
    expect(headerSet(request)).toEqual(['accept', 'authorization', 'content-type', 'wechatpay-serial']);
    checkSignature(request, 'partner');
  });

  it('get user card (brand) comes out as printed', async () => {
    const request = await record((one) =>
      one.userCard({ brandId: '1001622624', cardId, openid, userCardCode: '478515832665' }, scope()),
    );
    expect([request.method, request.url]).toEqual([
      'GET',
      `/brand/card-member/user-cards/478515832665?card_id=${cardId}&openid=${openid}`,
    ]);
    expect(request.body).toBe('');
    expect(headerSet(request)).toEqual(['accept', 'authorization', 'wechatpay-serial']);
    checkSignature(request, 'brand');
  });

  it('update user card (brand) comes out as printed, without brand_id', async () => {
    const request = await record((one) =>
      one.updateUserCard({ brand_id: '1001622624', ...updateExample }, scope()),
    );
    expect([request.method, request.url]).toEqual(['PATCH', '/brand/card-member/user-cards/478515832665']);
    const { user_card_code: _, ...fields } = updateExample;
    expect(Object.keys(JSON.parse(request.body) as object)).toEqual(Object.keys(fields));
    expect(request.headers['wechatpay-serial']).toBe(sandbox.provision.wechatPay.publicKeyId);
    checkSignature(request, 'brand');
  });

  it.each(['a/b', 'a?b', 'a%2Fb', "it's!", 'a+b&c=d', '(x)*~'])(
    'sends and signs the code %j byte for byte',
    async (code) => {
      const request = await record((one) =>
        one.userCard({ brandId: '1001622624', cardId, openid, userCardCode: code }, scope()),
      );
      expect(request.url).toBe(
        `/brand/card-member/user-cards/${encodeURIComponent(code)}?card_id=${cardId}&openid=${openid}`,
      );
      checkSignature(request, 'brand');
    },
  );

  it('are all accepted by the sandbox', async () => {
    const { members: real, transport: realWire } = membersOver(sandbox, sandbox.url);
    const created = await real.createCardTemplate(createExample, scope());
    expect(created.record).toMatchObject({ cardTitle: '测试卡', purchaseInformation: { price: 100 } });
    const imported = await real.importUserCardByPhone(importExample, scope());
    expect(imported.card?.record).toMatchObject({
      userCardCode: importExample.user_card_code,
      userCardState: 'EFFECTIVE',
    });
    const updated = await real.updateUserCard({ brand_id: '1004', ...updateExample }, scope());
    expect(updated.record).toMatchObject({ level: '钻石会员', attach: '自定义数据说明' });
    await realWire.close();
  });
});
