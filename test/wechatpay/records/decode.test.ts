import fc from 'fast-check';
import type { Decoder } from '../../../src/wechatpay/records/decode';
import {
  membershipActivity,
  pointExchangeCoupon,
  preAuthToken,
} from '../../../src/wechatpay/records/member-records';
import { cardTemplate, userCard } from '../../../src/wechatpay/records/records';
import { time } from '../../../src/wechatpay/records/time';
import {
  cardTemplateMembers,
  membershipActivityMembers,
  userCardMembers,
  withMember,
} from '../../support/documented-members';
import { thrownBy } from '../../support/thrown-by';

const ciphertext = 'A'.repeat(342) + '==';
const keys = { brand_id: '1004', card_id: 'c', openid: 'o', user_card_code: 'u' };
const card = {
  ...keys,
  user_card_state: 'EFFECTIVE',
  user_information: { common_field_list: [{}], custom_field_list: [{}] },
};
const template = {
  ...{ brand_id: '1004', card_id: 'c', card_type: 'NORMAL', card_title: '卡', state: 'CARD_EFFECTIVE' },
  user_information: { custom_field_list: [{}] },
};
const activity = {
  ...{ activity_id: 1, brand_id: '1004', card_id: 'c', out_request_no: 'n', title: 't', sub_title: 's' },
  ...{ apply_total: 1, apply_available: 1, activity_state: 'MEMBERSHIP_ACTIVITY_CREATED' },
};

describe.each([
  ['a user card', userCard as Decoder<object>, card, userCardMembers],
  ['a template', cardTemplate as Decoder<object>, template, cardTemplateMembers],
  ['an activity', membershipActivity as Decoder<object>, activity, membershipActivityMembers],
] as const)('%s', (_, decode, sample, documented) => {
  const paths = documented.filter(({ optional }) => optional).map(({ path }) => path.split('.'));

  it('is read with any JSON at any of its optional members, and with any other member', () => {
    const changes = fc.array(
      fc.tuple(fc.constantFrom(...paths, ['new_member'], ['__proto__']), fc.jsonValue({ maxDepth: 4 })),
    );
    fc.assert(
      fc.property(changes, (made) => {
        const changed = made.reduce<unknown>((so, [path, value]) => withMember(so, path, value), sample);
        const wire = JSON.parse(JSON.stringify(changed)) as unknown;
        const { extra } = decode(wire, 'body') as { readonly extra?: object };
        expect(JSON.stringify(extra ?? {}).length).toBeLessThan(10_000);
      }),
    );
  });
});

describe('undocumented content', () => {
  const extraOf = (more: object): unknown => userCard({ ...card, ...more }, 'body').extra;

  it('is in extra, under its own names', () => {
    expect(extraOf({ tier: { name: '金卡', points: 12 }, tags: ['a', null] })).toEqual({
      tier: { name: '金卡', points: 12 },
      tags: ['a', null],
    });
    expect(extraOf({})).toBeUndefined();
    expect(extraOf({ create_time: '', valid_date_information: '', level: null })).toBeUndefined();
  });

  it('includes values that the fields cannot show', () => {
    expect(
      extraOf({
        create_time: '2020-05-20',
        valid_date_information: { type: 'PERMANENT', available_day_after_receive: 2 ** 40, new_rule: true },
      }),
    ).toEqual({
      create_time: '2020-05-20',
      valid_date_information: { available_day_after_receive: 2 ** 40, new_rule: true },
    });
    // Elements keep their places.
    const custom_field_list = [{ name: '运动' }, { name: '食物', order: 2 }, 'odd'];
    expect(userCard({ ...card, user_information: { custom_field_list } }, 'body')).toMatchObject({
      userInformation: { customFieldList: [{ name: '运动' }, { name: '食物' }] },
      extra: { user_information: { custom_field_list: [null, { order: '***' }, '***'] } },
    });
  });

  it('never shows personal data in clear', () => {
    const clear = {
      phone_number: 13_812_345_678,
      user_information: { common_field_list: [{ name: 'USER_FORM_FLAG_NAME', value: { text: '张三' } }] },
      contact: { mobile: '13812345678', note: 'call 13812345678', link: 'a@example.com', real_name: '张三' },
      owner: '11010519491231002X',
      real_name: '张三',
      count: 13_812_345_678,
    };
    expect(extraOf(clear)).toEqual({
      contact: { mobile: '***', note: '***', link: '***', real_name: '***' },
      owner: '***',
      real_name: '***',
      count: '***',
    });
    expect(extraOf({ second_phone_number: ciphertext, user_information: { new_field: ciphertext } })).toEqual(
      {
        second_phone_number: ciphertext,
        user_information: { new_field: ciphertext },
      },
    );
  });

  it('is bounded, and lists what it omits', () => {
    const extra = extraOf({
      long: 'x'.repeat(9_000),
      short: 1,
      deep: JSON.parse('['.repeat(99) + ']'.repeat(99)) as unknown,
    });
    expect(extra).toMatchObject({ long: '[omitted: 9006 characters]', short: 1 });
    expect(JSON.stringify(extra)).toContain('nested too deeply');
    // JSON.parse rounds it before anybody sees it.
    expect(extraOf({ huge: 2 ** 70 })).toEqual({ huge: '[inexact: 1.1805916207174113e+21]' });
  });

  it('is in the results of the other interfaces too', () => {
    expect(preAuthToken({ token: 't', expire_time: 'soon' }, 'body')).toEqual({
      token: 't',
      expireTime: undefined,
      extra: { expire_time: 'soon' },
    });
    const exchange = { ...keys, record_id: 'r', exchange_coupon_template_id: 'e', state: 'LATER' };
    expect(pointExchangeCoupon(exchange, 'body')).toMatchObject({
      state: 'UNKNOWN',
      stateRaw: 'LATER',
      extra: undefined,
    });
  });
});

describe('the required members of a record', () => {
  it.each([
    ['a user card', userCard as Decoder<object>, card, [...Object.keys(keys), 'user_card_state']],
    ['a template', cardTemplate as Decoder<object>, template, ['card_id', 'brand_id', 'card_type', 'state']],
    ['an activity', membershipActivity as Decoder<object>, activity, ['activity_id', 'activity_state']],
  ] as const)('of %s are its keys and its state, so that {} is refused', (_, decode, sample, needed) => {
    for (const name of needed)
      for (const value of [undefined, null, {}])
        expect(thrownBy(() => decode(withMember(sample, [name], value), 'body'))).toMatchObject({
          code: 'UPSTREAM_MALFORMED',
        });
  });
});

describe('a time', () => {
  const read = (value: unknown): unknown => thrownBy(() => time(value, 'body')) ?? time(value, 'body');

  it.each([
    ['2015-05-20T13:29:35+08:00', '2015-05-20T13:29:35+08:00'],
    ['2020-05-20T13:29:35.120+08:00', '2020-05-20T13:29:35.120+08:00'],
    ['2020-05-20T13:29:35Z', '2020-05-20T13:29:35Z'],
    ['2020-05-20 13:29:35+08:00', '2020-05-20T13:29:35+08:00'],
    ['2020-05-20T13:29:35+0800', '2020-05-20T13:29:35+08:00'],
    [`2020-05-20T13:29:35.${'123456789'.repeat(10)}+08:00`, '2020-05-20T13:29:35.123456789+08:00'],
  ])('%s is %s', (given, shown) => {
    expect(read(given)).toBe(shown);
  });

  it.each([
    ...['2020-05-20T13:29:35', '2020-05-20', '', 'soon', '1589952575', '2020-13-20T13:29:35Z'],
    ...[1_589_952_575, null, {}],
  ])('%j is refused, because it is ambiguous', (given) => {
    expect(read(given)).toMatchObject({ code: 'UPSTREAM_MALFORMED' });
  });
});
