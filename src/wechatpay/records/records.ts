import {
  flag,
  int32,
  list,
  nullable,
  optional,
  record,
  sealed,
  sealedList,
  text,
  type Decoded,
} from './decode';
import { withExtra } from './extra';
import { openEnum, optionalEnum, optionalEnums } from './open-enum';
import { time } from './time';

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

/** The documents call every member optional. */
const validDateInformation = record({
  type: optionalEnum(dateTypes),
  availableBeginTime: optional(time),
  availableEndTime: optional(time),
  availableDayAfterReceive: optional(int32),
});

/** 会员卡模板: the response of every template interface. */
export const cardTemplate = withExtra(
  record({
    cardId: text,
    brandId: text,
    outRequestNo: optional(text),
    appid: optional(text),
    cardType: openEnum(cardTypes),
    cardTitle: text,
    cardColor: optional(text),
    cardPictureUrl: optional(text),
    codeMode: optionalEnum(codeModes),
    codeType: optionalEnum(codeTypes),
    codeJumpInformation: optional(jump),
    benefits: optional(text),
    notifyUrl: optional(text),
    needPinned: optional(flag),
    needDisplayLevel: optional(flag),
    initLevel: optional(text),
    servicePhone: optional(text),
    legalAgreement: optional(text),
    validDateInformation: optional(validDateInformation),
    memberInformation: optional(jump),
    pointsInformation: optional(jump),
    balanceInformation: optional(jump),
    purchaseInformation: optional(
      record({ price: optional(int32), jumpAppid: optional(text), jumpPath: optional(text) }),
    ),
    userInformation: optional(
      record({
        commonFieldList: optionalEnums(commonFieldFlags),
        customFieldList: optional(
          list(
            record({
              type: optionalEnum(customFieldTypes),
              name: optional(text),
              values: optional(list(text)),
            }),
          ),
        ),
      }),
    ),
    state: openEnum(cardStates),
    createTime: optional(time),
    modifyTime: optional(time),
  }),
);
export type CardTemplateRecord = Decoded<typeof cardTemplate>;

/** 用户会员卡: the response of every user-card interface. Personal fields stay encrypted. */
export const userCard = withExtra(
  record({
    userCardCode: text,
    cardId: text,
    openid: text,
    brandId: text,
    cardType: optionalEnum(cardTypes),
    cardColor: optional(text),
    cardPictureUrl: optional(text),
    phoneNumber: sealed,
    level: optional(text),
    validDateInformation: optional(validDateInformation),
    pickupTime: optional(time),
    userInformation: optional(
      record({
        commonFieldList: optional(list(record({ name: optionalEnum(commonFieldFlags), value: sealed }))),
        customFieldList: optional(list(record({ name: optional(text), userChosenValues: sealedList }))),
      }),
    ),
    attach: optional(text),
    userCardState: openEnum(userCardStates),
    invalidReason: optional(text),
    invalidTime: optional(time),
    createTime: optional(time),
    modifyTime: optional(time),
  }),
  { personal: ['user_information'] },
);
export type UserCardRecord = Decoded<typeof userCard>;

/** The envelope of both list interfaces. `data` stays undecoded here, because its elements are cached one by one. */
export const page = record({ data: nullable(list((value) => value)), totalCount: int32 });
