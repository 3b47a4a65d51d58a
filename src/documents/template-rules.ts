import {
  appid,
  color,
  commonFields,
  dateTime,
  flag,
  id,
  jump,
  object,
  pictureUrl,
  requestNumber,
  required,
  text,
  validity,
  word,
} from './common-fields';
import type { FieldRule, InterfaceRules } from './field-rule';

/** 支持最长10个中文字; 支持中文字、英文字符、标点. The documents do not say whether ~ + $ | < > are 标点. */
const title = text(10, { characters: 'cardTitle', certainty: { characters: 'guessed' }, boundSources: {} });

/** 外网可访问的完整 URL，不能携带参数. The partner page accepts http too; this server does not. */
const notifyUrl: FieldRule = {
  kind: 'text',
  required: false,
  maxLength: 256,
  characters: 'notifyUrl',
  certainty: { characters: 'own' },
  boundSources: { characters: 'notifyUrlRules' },
};

const purchase: Readonly<Record<string, FieldRule>> = {
  ...jump('purchase_information'),
  'purchase_information.price': {
    kind: 'integer',
    required: false,
    // 付费会员价格必须大于 0
    min: 1,
    boundSources: { min: 'errorTable' },
  },
};

const form: Readonly<Record<string, FieldRule>> = {
  user_information: object,
  'user_information.common_field_list': {
    kind: 'list',
    required: false,
    entries: 'word',
    values: commonFields,
  },
  // 商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符
  'user_information.custom_field_list': {
    kind: 'list',
    required: false,
    entries: 'object',
    maxEntries: 1,
  },
  'user_information.custom_field_list.type': word(['CHECK_BOX', 'RADIO']),
  'user_information.custom_field_list.name': text(32),
  'user_information.custom_field_list.values': {
    ...text(8),
    kind: 'list',
    entries: 'text',
    minEntries: 1,
    maxEntries: 10,
    boundSources: { minEntries: 'errorTable', characters: 'dataRules' },
  },
};

/** The fields that a template can be created with and that an update can change. */
const extras: Readonly<Record<string, FieldRule>> = {
  ...jump('code_jump_information'),
  need_pinned: flag,
  need_display_level: flag,
  service_phone: text(32),
  ...jump('points_information'),
  ...jump('balance_information'),
  ...purchase,
  ...form,
};

export const createCardTemplate: InterfaceRules = {
  source: 'createTemplate',
  confirmedBy: ['createTemplate2025'],
  fields: {
    out_request_no: requestNumber(128),
    brand_id: id,
    appid: required(appid),
    card_type: word(['PURCHASE', 'NORMAL', 'BALANCE'], { required: true }),
    card_title: required(title),
    card_color: required(color),
    card_picture_url: required(pictureUrl),
    code_mode: word(['SYSTEM_ALLOCATE', 'MERCHANT_ALLOCATE'], { required: true }),
    code_type: word(['NONE_CODE', 'BAR_CODE', 'QR_CODE', 'BAR_CODE_AND_QR_CODE', 'JUMP_MINI_PROGRAM'], {
      required: true,
    }),
    benefits: required(text(32)),
    notify_url: required(notifyUrl),
    init_level: text(10),
    // The page of 2025: string(2048), 选填. That of 2026: string(20480), 必填. The more lenient value of each is used.
    legal_agreement: text(20_480, {
      stricter: { createTemplate2025: { maxLength: 2048 }, createTemplate: { required: true } },
    }),
    valid_date_information: required(object),
    ...validity({ ...dateTime, stricter: { createTemplate2025: { maxLength: 32 } } }),
    ...jump('member_information', required(object), { stricter: { createTemplate: { required: true } } }),
    ...extras,
  },
};

export const updateCardTemplate: InterfaceRules = {
  source: 'updateTemplate',
  target: ['brand_id', 'card_id'],
  fields: {
    brand_id: id,
    card_id: id,
    card_title: title,
    card_color: color,
    card_picture_url: pictureUrl,
    benefits: text(32),
    notify_url: notifyUrl,
    valid_date_information: object,
    ...validity(),
    ...jump('member_information', object, { stricter: { updateTemplate: { required: true } } }),
    ...extras,
  },
};

export const invalidateCardTemplate: InterfaceRules = {
  source: 'invalidateTemplate',
  fields: { brand_id: id, card_id: id },
};
