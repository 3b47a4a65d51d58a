import type { Characters, FieldRule } from '../documents/field-rule';
import { interfaceRules, type RuledInterface } from '../documents/interface-rules';
import {
  color,
  digits,
  fields,
  flag,
  integer,
  listOf,
  oneOf,
  saying,
  text,
  time,
  url,
  type Field,
  type Rule,
} from './rules';

type Fields = Readonly<Record<string, FieldRule>>;

/** How the sandbox reads each character set. The server has patterns of its own, so that the two can differ. */
const patterns: Readonly<Partial<Record<Characters, RegExp>>> = {
  identifier: /^[\w-]+$/,
  requestNumber: /^[0-9A-Za-z_-]+$/,
  cardCode: /^[\x21-\x7e]+$/,
  // The documents do not say whether a sign such as + or ~ is punctuation. Pictographs certainly are not.
  cardTitle: /^(?:[\p{L}\p{N}\p{P}\p{Z}\p{M}]|(?!\p{Emoji})\p{S}|[+$~^`|<>=])+$/u,
  notifyUrl: /^https?:\/\/[^\s/?]+\/[^\s?]*$/,
};

/** RSA ciphertext in base64; its content is validated after decryption. */
const sealed = text(512, /^[A-Za-z0-9+/]+={0,2}$/);

const textRule = ({ required, characters, maxLength: documented }: FieldRule): Rule => {
  const maxLength = documented ?? 1_000;
  if (characters === 'color') return color;
  if (characters === 'pictureUrl') return url;
  if (characters === 'dateTime') return documented === undefined ? time : all(text(documented), time);
  const rule = text(maxLength, characters && patterns[characters]);
  // No document forbids an empty text in an optional field.
  return (value, path) => {
    if (required || value !== '' || characters !== 'plain') rule(value, path);
  };
};

const ruleOf = (rule: FieldRule, members: Fields): Rule => {
  switch (rule.kind) {
    case 'text':
      return textRule(rule);
    case 'sealed':
      return sealed;
    case 'word':
      return oneOf(...(rule.values ?? []));
    case 'integer':
      return integer(rule.min ?? -Infinity, rule.max ?? Number.MAX_SAFE_INTEGER);
    case 'flag':
      return flag;
    case 'object':
      return fields(shape(members));
    case 'list': {
      const { entries = 'text', minEntries: min, maxEntries: max = rule.values?.length ?? 100 } = rule;
      return listOf(ruleOf({ ...rule, kind: entries, required: true }, members), {
        max,
        ...(min !== undefined && { min }),
      });
    }
  }
};

/** Fields by their first name; what follows a dot are members of the field before it. */
const shape = (table: Fields): Readonly<Record<string, Field>> =>
  Object.fromEntries(
    Object.entries(table)
      .filter(([name]) => !name.includes('.'))
      .map(([name, rule]) => {
        const members = Object.fromEntries(
          Object.entries(table).flatMap(([other, member]) =>
            other.startsWith(`${name}.`) ? [[other.slice(name.length + 1), member]] : [],
          ),
        );
        return [name, { required: rule.required, rule: sentence(name, rule, ruleOf(rule, members)) }];
      }),
  );

const all =
  (...rules: readonly Rule[]): Rule =>
  (value, path) => {
    for (const rule of rules) rule(value, path);
  };

/** The documented sentences for single fields; all others say 参数错误 with the field's name. */
const sentence = (name: string, { min, max, maxLength }: FieldRule, rule: Rule): Rule => {
  switch (name) {
    case 'user_card_code':
      return saying('用户卡code 无效，只能包含数字、英文、半角标点', rule);
    case 'card_title':
      return all(
        text(1000),
        saying('卡名称太长，支持最长10个中文字、英文字符、标点', text(maxLength ?? 1000)),
        saying('卡名称仅支持中英文字符、数字和标点', rule),
      );
    case 'available_day_after_receive':
      return all(
        integer(-Infinity, Infinity),
        saying('领取后有效天数必须大于0', integer(min ?? 1, Infinity)),
        saying('领取后有效天数不能大于30年（10958 天）', integer(min ?? 1, max ?? Infinity)),
      );
    case 'price':
      return all(integer(-Infinity, Infinity), saying('付费会员价格必须大于 0', rule));
    case 'custom_field_list':
      return saying('商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符', rule);
    default:
      return rule;
  }
};

/** The query or body of an interface; `brand_id` and what is in the path are not in it. */
const bodyOf = (name: RuledInterface, ...inPath: readonly string[]): Readonly<Record<string, Field>> => {
  const table: Fields = interfaceRules[name].fields;
  return shape(
    Object.fromEntries(
      Object.entries(table).filter(([field]) => field !== 'brand_id' && !inPath.includes(field)),
    ),
  );
};

const ruleOfField = (name: RuledInterface, field: string): Rule => {
  const one = shape(interfaceRules[name].fields)[field];
  if (one === undefined) throw new Error(`${name} has no field ${field}`);
  return one.rule;
};

export const cardId = ruleOfField('UPDATE_USER_CARD', 'card_id');
export const brandId = ruleOfField('UPDATE_USER_CARD', 'brand_id');
export const openidRule = ruleOfField('UPDATE_USER_CARD', 'openid');
/** 只能填写数字/英文/半角标点 */
export const userCardCode = ruleOfField('UPDATE_USER_CARD', 'user_card_code');

export const createCardTemplate = bodyOf('CREATE_CARD_TEMPLATE');
export const updateCardTemplate = bodyOf('UPDATE_CARD_TEMPLATE', 'card_id');
export const importUserCardByPhone = bodyOf('IMPORT_USER_CARD_BY_PHONE');
export const importUserCardByOpenid = bodyOf('IMPORT_USER_CARD_BY_OPENID');
export const updateUserCard = bodyOf('UPDATE_USER_CARD', 'user_card_code');
export const confirmUserCard = bodyOf('CONFIRM_USER_CARD', 'user_card_code');
export const invalidateUserCard = bodyOf('INVALIDATE_USER_CARD', 'user_card_code');
export const createPreAuthToken = bodyOf('CREATE_PRE_AUTH_TOKEN');
export const createFeed = bodyOf('CREATE_USER_FEED');
export const syncPoints = bodyOf('SYNC_USER_POINTS');
export const confirmExchange = bodyOf('CONFIRM_POINT_EXCHANGE_COUPON');
export const createActivity = bodyOf('CREATE_MEMBERSHIP_ACTIVITY');
export const updateActivity = bodyOf('UPDATE_MEMBERSHIP_ACTIVITY', 'activity_id');

export const activityId = digits(1, 999_999_999);
export const activityState = oneOf(
  'MEMBERSHIP_ACTIVITY_CREATED',
  'MEMBERSHIP_ACTIVITY_EFFECTIVE',
  'MEMBERSHIP_ACTIVITY_TERMINATED',
  'MEMBERSHIP_ACTIVITY_EXPIRED',
);
