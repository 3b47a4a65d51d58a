import {
  color,
  commonFields,
  dateTime,
  id,
  lengths,
  object,
  openid,
  pictureUrl,
  required,
  sealed,
  text,
  userCardCode,
  validity,
  word,
} from './common-fields';
import type { FieldRule, InterfaceRules } from './field-rule';

/** 加密的手机号. The documents give no format; the number is normalised first. */
const phoneNumber = sealed({ guesses: [], characters: 'phoneNumber', certainty: { characters: 'own' } });

const answers: Readonly<Record<string, FieldRule>> = {
  user_information: object,
  'user_information.common_field_list': { kind: 'list', required: false, entries: 'object' },
  'user_information.common_field_list.name': word(commonFields),
  'user_information.common_field_list.value': sealed({
    characters: 'formAnswer',
    boundSources: { characters: 'errorTable' },
  }),
  // 当前最多只允许传入1项
  'user_information.custom_field_list': {
    kind: 'list',
    required: false,
    entries: 'object',
    maxEntries: 1,
  },
  'user_information.custom_field_list.name': text(32),
  // 明文不可超过 8 个字符
  'user_information.custom_field_list.user_chosen_values': sealed({
    kind: 'list',
    entries: 'sealed',
    maxLength: 8,
    minEntries: 1,
    maxEntries: 10,
    boundSources: { minEntries: 'errorTable', maxEntries: 'errorTable' },
  }),
};

const appearance: Readonly<Record<string, FieldRule>> = {
  card_color: color,
  card_picture_url: pictureUrl,
  level: text(lengths.level, { guesses: ['not empty'] }),
  valid_date_information: object,
  ...answers,
};

const changes: Readonly<Record<string, FieldRule>> = {
  ...appearance,
  phone_number: phoneNumber,
  // 总长度限制在256字符以内
  attach: text(256, { guesses: ['not empty', 'no line breaks and no tabs'] }),
};

const key: Readonly<Record<string, FieldRule>> = {
  brand_id: id,
  card_id: id,
  openid,
  user_card_code: userCardCode,
};

/** Only this page still gives string(32) for times. */
const shortTime: FieldRule = { ...dateTime, maxLength: 32 };

export const importUserCardByPhone: InterfaceRules = {
  source: 'importByPhone',
  fields: {
    brand_id: id,
    card_id: id,
    phone_number: required(phoneNumber),
    user_card_code: userCardCode,
    ...appearance,
    ...validity(shortTime),
    pickup_time: shortTime,
  },
};

export const importUserCardByOpenid: InterfaceRules = {
  source: 'importByOpenid',
  fields: { ...key, phone_number: phoneNumber, ...appearance, ...validity(), pickup_time: dateTime },
};

export const updateUserCard: InterfaceRules = {
  source: 'updateCard',
  confirmedBy: ['updateCard2025'],
  target: Object.keys(key),
  fields: {
    ...key,
    ...changes,
    ...validity({ ...dateTime, stricter: { updateCard2025: { maxLength: 32 } } }),
  },
};

export const confirmUserCard: InterfaceRules = {
  source: 'confirmCard',
  target: Object.keys(key),
  fields: {
    ...key,
    ...changes,
    ...validity(),
    user_card_confirm_state: word(['CREATE_CARD_SUCCESS', 'CREATE_CARD_FAIL', 'CREATE_CARD_ALREADY_EXISTS'], {
      required: true,
    }),
  },
};

export const invalidateUserCard: InterfaceRules = {
  source: 'invalidateCard',
  fields: { ...key, invalid_reason: text(32) },
};
