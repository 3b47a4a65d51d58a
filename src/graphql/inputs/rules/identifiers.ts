import { combine } from './rule';
import { Length, Matches, Text } from './text';

const wordCharacters = (): PropertyDecorator =>
  Matches(/^[0-9A-Za-z_-]*$/, {
    en: 'must have letters, digits, - and _ only',
    zh: '只能包含字母、数字、- 和 _',
  });

/** brand_id, card_id, appid. */
export const Identifier = (): PropertyDecorator => combine(Length(32), wordCharacters());
export const Openid = (): PropertyDecorator => combine(Length(128), wordCharacters());
/** 字符仅允许包含英文半角的数字、字母、连接线-和下划线_ */
export const RequestNo = (): PropertyDecorator => combine(Length(128), wordCharacters());
/** The same, of a feed. */
export const ShortRequestNo = (): PropertyDecorator => combine(Length(64), wordCharacters());

/** `<templateId>_<var1>_<var2>`, e.g. 15_1200_1 (feed document; cell不合法 otherwise). */
export const FeedCell = (): PropertyDecorator =>
  combine(
    Text(128),
    Matches(/^(?:\d+(?:_[^_\s]+)+)?$/, {
      en: 'must be the number of a feed template and its variables, joined by _',
      zh: '须为动态模板编号和变量,以 _ 连接',
    }),
  );

/** WeChat Pay's own number of an activity. */
export const ActivityId = (): PropertyDecorator =>
  combine(Length(16), Matches(/^(?:[1-9]\d*)?$/, { en: 'must be a number', zh: '须为数字' }));

/** 只能填写数字/英文/半角标点. A lone dot or two would change the path they travel in. */
export const UserCardCode = (): PropertyDecorator =>
  combine(
    Length(32),
    Matches(/^(?!\.{1,2}$)[\x21-\x7e]*$/, {
      en: 'must have digits, letters and half-width punctuation only',
      zh: '只能填写数字、英文和半角标点',
    }),
  );

export const PhoneNumber = (): PropertyDecorator =>
  Matches(/^\+?\d{5,15}$/, {
    en: 'must be a phone number of 5 to 15 digits',
    zh: '须为 5 至 15 位数字的手机号',
  });
