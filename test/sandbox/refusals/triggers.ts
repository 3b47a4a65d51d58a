import type { RefusalName } from '../../../src/sandbox/refusals';
import type { RefusingInterface } from '../../../src/sandbox/refusals-of';
import { member, templates, waiting, type Change, type World } from './world';

type Trigger = (world: World, name: RefusingInterface) => Change;

const jump = { jump_appid: 'wx1', jump_path: '/pages/index' };
const unbound = { jump_appid: 'wxunbound1', jump_path: '/pages/index' };
const begin = '2026-01-01T00:00:00+08:00';
const end = '2099-01-01T00:00:00+08:00';
const nothing: Trigger = () => ({ card_id: 'nothing' });
const invalidated: Trigger = (world) => world.newTemplate({ state: 'CARD_INVALID' });

/** A card or template whose validity is of the type: 0 `PERMANENT`, 1 `FIX_TERM`, 2 `FIX_TIME_RANGE`. */
const about =
  (type: 0 | 1 | 2, validity: Change): Trigger =>
  (_, name) => ({
    ...(name === 'UPDATE_USER_CARD'
      ? member(type)
      : name === 'CONFIRM_USER_CARD'
        ? waiting[type]
        : name === 'CREATE_CARD_TEMPLATE'
          ? {}
          : { card_id: templates[type] }),
    ...(name.startsWith('IMPORT') ? { pickup_time: begin } : {}),
    valid_date_information: { type: ['PERMANENT', 'FIX_TERM', 'FIX_TIME_RANGE'][type], ...validity },
  });

const hasForm = (name: RefusingInterface): boolean => name.endsWith('_CARD_TEMPLATE');
const sports = (values: readonly string[]) => ({ type: 'CHECK_BOX', name: '喜欢的运动', values });
/** The form of a template, or the answers of a card. */
const form =
  (fields: {
    readonly common?: readonly (readonly [string, string])[];
    readonly custom?: readonly (readonly [string, readonly string[]])[];
  }): Trigger =>
  (world, name) => {
    const { common = [], custom = [] } = fields;
    const common_field_list = common.map(([field, value]) =>
      hasForm(name)
        ? `USER_FORM_FLAG_${field}`
        : { name: `USER_FORM_FLAG_${field}`, value: world.seal(value) },
    );
    const custom_field_list = custom.map(([field, values]) =>
      hasForm(name)
        ? { ...sports(values), name: field }
        : { name: field, user_chosen_values: values.map((value) => world.seal(value)) },
    );
    return { user_information: { common_field_list, custom_field_list } };
  };

/** One way to provoke each refusal. */
export const triggers: Readonly<Record<RefusalName, Trigger>> = {
  notOpened: () => ({ brand_id: '9' }),
  brandNotOpened: () => ({ brand_id: '9' }),
  notCompliant: (_, name) => (hasForm(name) ? { benefits: '违规' } : { level: '违规' }),
  openidInvalid: () => ({ openid: 'invalid-1' }),
  openidForeign: () => ({ openid: 'foreign-1' }),

  templateMissing: nothing,
  templateInvalid: invalidated,
  templateEnded: (world) =>
    world.newTemplate({
      valid_date_information: {
        type: 'FIX_TIME_RANGE',
        available_begin_time: '2020-01-01T00:00:00+08:00',
        available_end_time: begin,
      },
    }),
  levelMissing: () => ({ need_display_level: true }),
  levelMissing2025: () => ({ need_display_level: true }),
  levelNotShown: () => ({ init_level: '银' }),
  codeJumpMissing: () => ({ code_type: 'JUMP_MINI_PROGRAM' }),
  codeJumpForbidden: () => ({ code_jump_information: jump }),
  codeJumpFixed: () => ({ code_jump_information: jump }),
  balanceForbidden: () => ({ balance_information: jump }),
  purchaseForbidden: () => ({ purchase_information: { price: 1, ...jump } }),
  price: () => ({ purchase_information: { price: 0, ...jump } }),
  requestNoTaken: (_, name) => ({ out_request_no: hasForm(name) ? '1004-seed-0' : '1004-activity-0' }),
  appidUnbound: () => ({ appid: 'wx0' }),
  appidUnbound2025: () => ({ appid: 'wx0' }),
  memberAppidUnbound: () => ({ member_information: unbound }),
  codeAppidUnbound: () => ({ code_jump_information: unbound }),
  pointsAppidUnbound: () => ({ points_information: unbound }),
  balanceAppidUnbound: () => ({ balance_information: unbound }),
  purchaseAppidUnbound: () => ({ purchase_information: unbound }),
  memberJumpEmpty: () => ({ member_information: {} }),
  codeJumpEmpty: () => ({ code_jump_information: { jump_appid: 'wx1' } }),
  pointsJumpEmpty: () => ({ points_information: { jump_path: '/a' } }),
  balanceJumpEmpty: () => ({ balance_information: {} }),
  purchaseJumpEmpty: () => ({ purchase_information: { price: 1 } }),
  tooManyTemplates: () => ({}),
  titleTooLong: () => ({ card_title: '一二三四五六七八九十一' }),
  titleCharacters: () => ({ card_title: '咖啡☕' }),
  typeNotOpen: () => ({ card_type: 'BALANCE' }),

  typeDiffers: (world, name) => ({
    ...about(0, {})(world, name),
    valid_date_information: { type: 'FIX_TERM', available_day_after_receive: 3 },
  }),
  rangeIncomplete: about(2, { available_begin_time: begin }),
  rangeWithDays: about(2, {
    available_begin_time: begin,
    available_end_time: end,
    available_day_after_receive: 3,
  }),
  rangeReversed: about(2, { available_begin_time: end, available_end_time: begin }),
  termIncomplete: about(1, { available_day_after_receive: 3, available_end_time: end }),
  daysTooFew: about(1, { available_day_after_receive: 0 }),
  daysTooMany: about(1, { available_day_after_receive: 10_959 }),
  permanentWithDays: about(0, { available_day_after_receive: 3 }),
  permanentWithBegin: about(0, { available_begin_time: begin }),
  permanentWithEnd: about(0, { available_end_time: end }),

  commonTwice: form({
    common: [
      ['SEX', '男'],
      ['SEX', '女'],
    ],
  }),
  customTwice: form({
    custom: [
      ['喜欢的运动', ['篮球']],
      ['喜欢的运动', ['跑步']],
    ],
  }),
  customRules: form({ custom: [['喜欢的运动', ['一二三四五六七八九']]] }),
  customValue: form({ custom: [['喜欢的运动', ['篮\u0007球']]] }),
  commonUnknown: (world, name) => ({
    ...withoutForm(world, name),
    ...form({ common: [['SEX', '男']] })(world, name),
  }),
  customUnknown: form({ custom: [['喜欢的颜色', ['红']]] }),
  birthday: form({ common: [['BIRTHDAY', '1990-13-01']] }),
  email: form({ common: [['EMAIL', 'nobody']] }),
  sex: form({ common: [['SEX', 'M']] }),

  cardMissing: () => ({ user_card_code: 'nobody' }),
  cardNotEffective(world, name) {
    const card = world.opened();
    if (name === 'CONFIRM_USER_CARD')
      world.sandbox.users.expire({ brandId: '1004', userCardCode: card.user_card_code });
    return { ...card };
  },
  cardNotInvalidatable: deletedCard,
  openidWrong: () => ({ ...member(0), openid: member(3).openid }),
  codeInvalid: () => ({ user_card_code: '卡号' }),
  codeTaken: () => ({ user_card_code: member(0).user_card_code }),
  codeAllocated: (world) => ({
    ...world.opened(world.newTemplate({ code_mode: 'SYSTEM_ALLOCATE' }).card_id),
    user_card_code: 'M-1',
  }),
  noneWaiting: () => ({ openid: 'o-nobody' }),
  pickupMissing: (world, name) => ({
    ...about(2, { available_begin_time: begin, available_end_time: end })(world, name),
    pickup_time: undefined,
  }),
  expiredAlready: about(2, {
    available_begin_time: '2020-01-01T00:00:00+08:00',
    available_end_time: '2020-02-01T00:00:00+08:00',
  }),
  holdsWaiting: (world) => ({ openid: world.opened().openid }),
  holdsEffective: () => ({ openid: member(0).openid }),
  deletedByUser: (world) => ({ openid: deletedCard(world).openid }),
  holdsValid: () => ({ openid: member(0).openid }),
  templateOfOther: () => ({ card_id: 'p1002Seed-Template-0' }),
  phoneImported: (world) => ({ phone_number: world.seal(String(seededPhone(world))) }),
  phoneUnbound: (world) => ({ phone_number: world.seal('13800000000') }),
  phoneOrCodeTaken: () => ({ user_card_code: member(0).user_card_code }),

  featureClosed: () => ({ openid: 'closed-1' }),
  feedForbidden: () => ({ cell: '99_1_1' }),
  notMember: () => ({ openid: 'o-nobody' }),
  cell: () => ({ cell: 'no' }),
  feedExists(world) {
    world.sandbox.state().feeds.add('1004\nfeed-0');
    return { out_request_no: 'feed-0' };
  },
  feedOpenid: () => ({ openid: 'invalid-1' }),
  exchangeMissing: () => ({ record_id: 'nothing' }),
  activityTemplateMissing: nothing,
  activityTemplateInvalid: invalidated,
  activityUnderWay(world) {
    const { activities } = world.sandbox.state();
    const seeded = activities.get(10_001);
    const { card_id } = world.newTemplate({});
    const activity_id = 20_000 + activities.size;
    if (seeded !== undefined)
      activities.set(activity_id, { ...seeded, activity_id, card_id, terminated: false });
    return { card_id };
  },
  activityMissing: () => ({ activity_id: '99999' }),
  activityForeign: () => ({ activity_id: '10002' }),
};

function deletedCard(world: World) {
  const card = world.opened();
  world.sandbox.users.remove({ brandId: '1004', userCardCode: card.user_card_code });
  return card;
}

const seededPhone = ({ sandbox }: World): string | undefined =>
  sandbox.state().userCard('1004', member(0).user_card_code)?.phone_number;

/** For a template without a form. */
const withoutForm = (world: World, name: RefusingInterface): Change => {
  const { card_id } = world.newTemplate({ user_information: {} });
  const state = world.sandbox.state();
  if (name.startsWith('IMPORT')) return { card_id };
  const card = world.opened(card_id);
  const held = state.userCard('1004', card.user_card_code);
  if (name === 'UPDATE_USER_CARD' && held !== undefined)
    state.putUserCard({ ...held, user_card_state: 'EFFECTIVE' });
  return { ...card };
};
