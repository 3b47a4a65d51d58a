import {
  flag,
  ifKnown,
  integer,
  knownOf,
  list,
  oneOf,
  optional,
  record,
  sealed,
  text,
  type Decoded,
} from './decode';

/** Enumerations as documented; GraphQL's enums are built from the same lists. */
export const cardTypes = ['PURCHASE', 'NORMAL', 'BALANCE'] as const;
export const cardStates = ['CARD_EFFECTIVE', 'CARD_INVALID'] as const;
export const userCardStates = ['UNACTIVATED', 'EFFECTIVE', 'EXPIRED', 'INVALID'] as const;
/** A merchant's decision about a card that a user opened. */
export const userCardConfirmStates = [
  'CREATE_CARD_SUCCESS',
  'CREATE_CARD_FAIL',
  'CREATE_CARD_ALREADY_EXISTS',
] as const;
export const codeModes = ['SYSTEM_ALLOCATE', 'MERCHANT_ALLOCATE'] as const;
export const codeTypes = [
  'NONE_CODE',
  'BAR_CODE',
  'QR_CODE',
  'BAR_CODE_AND_QR_CODE',
  'JUMP_MINI_PROGRAM',
] as const;
export const dateTypes = ['FIX_TIME_RANGE', 'FIX_TERM', 'PERMANENT'] as const;
export const commonFieldFlags = [
  'USER_FORM_FLAG_SEX',
  'USER_FORM_FLAG_NAME',
  'USER_FORM_FLAG_BIRTHDAY',
  'USER_FORM_FLAG_ADDRESS',
  'USER_FORM_FLAG_EMAIL',
  'USER_FORM_FLAG_CITY',
] as const;
export const customFieldTypes = ['CHECK_BOX', 'RADIO'] as const;

const jump = record({ jumpAppid: optional(text), jumpPath: optional(text) });

// The documents call `type` optional here, but without it the object has no meaning and is left out.
const validDateInformation = record({
  type: oneOf(dateTypes),
  availableBeginTime: optional(text),
  availableEndTime: optional(text),
  availableDayAfterReceive: optional(integer),
});

/** 会员卡模板: the response of every template interface. */
export const cardTemplate = record({
  cardId: text,
  brandId: text,
  outRequestNo: optional(text),
  appid: optional(text),
  cardType: oneOf(cardTypes),
  cardTitle: text,
  cardColor: optional(text),
  cardPictureUrl: optional(text),
  codeMode: ifKnown(oneOf(codeModes)),
  codeType: ifKnown(oneOf(codeTypes)),
  codeJumpInformation: optional(jump),
  benefits: optional(text),
  notifyUrl: optional(text),
  needPinned: optional(flag),
  needDisplayLevel: optional(flag),
  initLevel: optional(text),
  servicePhone: optional(text),
  legalAgreement: optional(text),
  validDateInformation: ifKnown(validDateInformation),
  memberInformation: optional(jump),
  pointsInformation: optional(jump),
  balanceInformation: optional(jump),
  purchaseInformation: optional(
    record({ price: optional(integer), jumpAppid: optional(text), jumpPath: optional(text) }),
  ),
  userInformation: optional(
    record({
      commonFieldList: optional(knownOf(oneOf(commonFieldFlags))),
      customFieldList: optional(
        knownOf(record({ type: oneOf(customFieldTypes), name: text, values: list(text) })),
      ),
    }),
  ),
  state: oneOf(cardStates),
  createTime: optional(text),
  modifyTime: optional(text),
});
export type CardTemplateRecord = Decoded<typeof cardTemplate>;

/** 用户会员卡: the response of every user-card interface. Personal fields stay encrypted. */
export const userCard = record({
  userCardCode: text,
  cardId: text,
  openid: text,
  brandId: text,
  cardType: ifKnown(oneOf(cardTypes)),
  cardColor: optional(text),
  cardPictureUrl: optional(text),
  phoneNumber: optional(sealed),
  level: optional(text),
  validDateInformation: ifKnown(validDateInformation),
  pickupTime: optional(text),
  userInformation: optional(
    record({
      commonFieldList: optional(knownOf(record({ name: oneOf(commonFieldFlags), value: sealed }))),
      customFieldList: optional(list(record({ name: text, userChosenValues: list(sealed) }))),
    }),
  ),
  attach: optional(text),
  userCardState: oneOf(userCardStates),
  invalidReason: optional(text),
  invalidTime: optional(text),
  createTime: optional(text),
  modifyTime: optional(text),
});
export type UserCardRecord = Decoded<typeof userCard>;

/** The envelope of both list interfaces. `data` stays undecoded here, because its elements are cached one by one. */
export const page = record({ data: optional(list((value) => value)), totalCount: integer });
