import {
  createState,
  wireTime,
  type Activity,
  type Brand,
  type State,
  type Template,
  type UserCard,
} from './state';

/** Seeds the same brands, templates and members at every start, so that printed examples keep working. */
export const seedBrands: readonly Brand[] = [
  { brandId: '1004', name: '山岚咖啡', appid: 'wxea9c30890f48d5ae' },
  { brandId: '1001622624', name: '白桦书店', appid: 'wx6f2a1c09b7d35e48' },
  { brandId: '1002', name: '青禾生鲜', appid: 'wx3b8d70e5a1c94f62' },
];

/** The described brands, and as many more as requested. */
export const brandsOf = (count: number): readonly Brand[] =>
  Array.from(
    { length: count },
    (_, index) =>
      seedBrands[index] ?? {
        brandId: String(20_000 + index),
        name: `品牌${index + 1}`,
        appid: `wx${String(index).padStart(16, '0')}`,
      },
  );

/** An object that a reader can query first. */
export interface Example {
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
  readonly userCardCode: string;
}

/** Another member of the same template, whose card can be deleted without spoiling the first example. */
export const secondExample: Example = {
  brandId: '1004',
  cardId: 'pbLatjvWOibDc5-TBnbUk1pD12o0',
  openid: 'o1004-member-00003',
  userCardCode: '470100023757',
};

/** The card of the founding documents' request example. */
export const firstExample: Example = {
  brandId: '1004',
  cardId: 'pbLatjvWOibDc5-TBnbUk1pD12o0',
  openid: 'obLatjnx9gnqzS4myYGmLZ7LgLBA',
  userCardCode: '478515832665',
};

const dateTypes = ['PERMANENT', 'FIX_TERM', 'FIX_TIME_RANGE'] as const;
const levels = ['普通会员', '白银会员', '黄金会员', '铂金会员', '钻石会员'];
const surnames = '王李张刘陈杨黄赵吴周徐孙马朱胡';
const givenNames = [
  '伟',
  '芳',
  '娜',
  '秀英',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '洋',
  '艳',
  '勇',
  '军',
  '杰',
  '婷',
];
const cities = ['广东省,深圳市', '浙江省,杭州市', '四川省,成都市', '湖北省,武汉市', '陕西省,西安市'];
const sports = ['篮球', '羽毛球', '跑步', '游泳', '瑜伽'];
const day = 86_400_000;

export const seedState = (
  now: number,
  membersPerBrand: number,
  brands: readonly Brand[] = seedBrands,
  clock: () => number = () => now,
): State => {
  const state = createState(brands, clock);
  brands.forEach((brand, brandIndex) => {
    const templates = dateTypes.map((type, index) => template(brand, { type, index, now }));
    for (const one of templates) state.putTemplate(one);
    for (let index = 0; index < membersPerBrand; index += 1) {
      const of = templates[index % templates.length];
      if (of !== undefined) state.putUserCard(member(of, { index, brandIndex, now }));
    }
    const [first] = templates;
    if (first !== undefined)
      state.activities.set(10_001 + brandIndex, activity(first, { activityId: 10_001 + brandIndex, now }));
    // The first member of each brand requests two coupons; the second coupon is sold out.
    const openid =
      brand.brandId === firstExample.brandId ? firstExample.openid : `o${brand.brandId}-member-00000`;
    for (const [name, sold_out] of [
      ['exchange-1', false],
      ['exchange-2', true],
    ] as const)
      state.exchanges.set(`${brand.brandId}\n${name}`, {
        openid,
        exchange_coupon_template_id: 'coupon-1',
        sold_out,
      });
  });
  return state;
};

const template = (
  { brandId, name, appid }: Brand,
  {
    type,
    index,
    now,
  }: { readonly type: (typeof dateTypes)[number]; readonly index: number; readonly now: number },
): Template => ({
  out_request_no: `${brandId}-seed-${index}`,
  card_id:
    brandId === firstExample.brandId && index === 0
      ? firstExample.cardId
      : `p${brandId}Seed-Template-${index}`,
  brand_id: brandId,
  appid,
  card_type: 'NORMAL',
  code_mode: 'MERCHANT_ALLOCATE',
  code_type: 'QR_CODE',
  ...{
    card_title: `${name}${['会员卡', '年卡', '活动卡'][index] ?? ''}`,
    benefits: '会员折扣、专属价',
    notify_url: 'https://www.example.com/wechat/notify',
    need_pinned: index === 0,
    need_display_level: true,
    service_phone: '0755-86013388',
    legal_agreement: '商家需在 48 小时内发货,若商品存在质量问题,用户可在 7 天内申请退货。',
    member_information: { jump_appid: 'wxea9c30a90fs8d3fe', jump_path: '/pages/member/member' },
    points_information: { jump_appid: 'wxea9c30a90fs8d3fe', jump_path: '/pages/points/points' },
  },
  card_color: ['#6F4E37', '#2F6B4F', '#B5651D'][index] ?? '#333333',
  card_picture_url:
    'https://wxpaylogo.qpic.cn/wxpaylogo/PiajxSqBRaEIPAeia7Imvtsn7sYGNcEj33YzVvJF88ECQ19LXId8ZL2Q/0',
  init_level: '普通会员',
  valid_date_information:
    type === 'PERMANENT'
      ? { type }
      : type === 'FIX_TERM'
        ? { type, available_day_after_receive: 365 }
        : {
            type,
            available_begin_time: wireTime(now - 180 * day),
            available_end_time: wireTime(now + 180 * day),
          },
  user_information: {
    common_field_list: [
      'USER_FORM_FLAG_SEX',
      'USER_FORM_FLAG_NAME',
      'USER_FORM_FLAG_BIRTHDAY',
      'USER_FORM_FLAG_ADDRESS',
      'USER_FORM_FLAG_EMAIL',
      'USER_FORM_FLAG_CITY',
    ],
    custom_field_list: [{ type: 'CHECK_BOX', name: '喜欢的运动', values: sports }],
  },
  state: 'CARD_EFFECTIVE',
  create_time: wireTime(now - 200 * day),
  modify_time: wireTime(now - 200 * day),
});

const activity = (
  of: Template,
  { activityId, now }: { readonly activityId: number; readonly now: number },
): Activity => ({
  activity_id: activityId,
  out_request_no: `${of.brand_id}-activity-0`,
  brand_id: of.brand_id,
  card_id: of.card_id,
  activity_channel: 'MECHANT_APP_COMPONENT',
  title: '入会礼',
  sub_title: '新会员立减 5 元',
  begin_time: wireTime(now - day),
  end_time: wireTime(now + 29 * day),
  apply_total: 1_000,
  apply_available: 962,
  product_coupon_stock_list: [{ product_coupon_id: '100000001', stock_id: '200000001' }],
  terminated: false,
  create_time: wireTime(now - 2 * day),
  modify_time: wireTime(now - 2 * day),
});

const member = (
  of: Template,
  { index, brandIndex, now }: { readonly index: number; readonly brandIndex: number; readonly now: number },
): UserCard => {
  const pick = <T>(from: readonly T[], step: number): T =>
    from[(index * step + brandIndex) % from.length] as T;
  const isExample = of.card_id === firstExample.cardId && index === 0;
  const joined = wireTime(now - ((index * 7) % 170) * day - 3_600_000);
  return {
    user_card_code: isExample
      ? firstExample.userCardCode
      : `47${brandIndex}${String(100_000_000 + index * 7919)}`,
    card_id: of.card_id,
    openid: isExample ? firstExample.openid : `o${of.brand_id}-member-${String(index).padStart(5, '0')}`,
    brand_id: of.brand_id,
    card_type: of.card_type,
    card_color: of.card_color,
    card_picture_url: of.card_picture_url,
    phone_number: `13${brandIndex}${String(10_000_001 + index * 104_729).slice(-8)}`,
    level: pick(levels, 3),
    valid_date_information: of.valid_date_information,
    pickup_time: joined,
    user_information: {
      common_field_list: [
        { name: 'USER_FORM_FLAG_NAME', value: `${pick([...surnames], 7)}${pick(givenNames, 11)}` },
        { name: 'USER_FORM_FLAG_SEX', value: pick(['女', '男'], 1) },
        {
          name: 'USER_FORM_FLAG_BIRTHDAY',
          value: `19${String(60 + (index % 40))}-0${(index % 9) + 1}-1${index % 10}`,
        },
        { name: 'USER_FORM_FLAG_CITY', value: pick(cities, 2) },
      ],
      custom_field_list: [{ name: '喜欢的运动', user_chosen_values: chosenSports(index + brandIndex) }],
    },
    attach: `store=${(index % 12) + 1}`,
    user_card_state: index % 29 === 28 ? 'UNACTIVATED' : 'EFFECTIVE',
    create_time: joined,
    modify_time: joined,
  };
};

/** Two different values. */
const chosenSports = (step: number): readonly string[] =>
  [step, step + 1 + (step % 4)].flatMap((index) => sports[index % sports.length] ?? []);
