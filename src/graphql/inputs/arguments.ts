import { lengths } from '../../documents/common-fields';
import { AppError } from '../../shared/errors';
import { interfaceNames } from '../../wechatpay/api/interfaces';
import { offsetAfter } from '../relay/connection';

/** Maximum page size a client may request; five upstream pages. */
const maxFirst = 100;
/** Maximum number of keys or ids in one list argument. */
const maxKeys = 100;

const broken = (en: string, zh: string): AppError =>
  new AppError('BAD_USER_INPUT', en, { publicMessage: [`${en}.`, `${zh}。`] });

export const toSlice = (
  first: number,
  after: string | undefined | null,
): { offset: number; first: number } => {
  if (first < 1 || first > maxFirst)
    throw broken(`first must be from 1 to ${maxFirst}`, `first 须在 1 到 ${maxFirst} 之间`);
  const offset = after === undefined || after === null ? 0 : offsetAfter(after);
  if (offset === undefined)
    throw broken('after must be a cursor of this connection', 'after 须为本连接返回的游标');
  return { offset, first };
};

export const toMaxAgeMs = (maxAgeSeconds: number | undefined | null): number | undefined => {
  if (maxAgeSeconds === undefined || maxAgeSeconds === null) return undefined;
  if (maxAgeSeconds < 0) throw broken('maxAgeSeconds must not be negative', 'maxAgeSeconds 不能为负数');
  return maxAgeSeconds * 1000;
};

const unitMs = { m: 60_000, h: 3_600_000 } as const;
const maxPeriodMs = 24 * unitMs.h;

/** Reads a period such as `15m` or `1h`. */
export const toPeriodMs = (last: string): number => {
  const [, count, unit] = /^([1-9]\d{0,3})([mh])$/.exec(last) ?? [];
  const ms = Number(count) * unitMs[unit === 'h' ? 'h' : 'm'];
  if (!(ms <= maxPeriodMs))
    throw broken(
      'last must be a number of minutes or hours up to 24h, such as "15m" or "1h"',
      'last 须为不超过 24h 的分钟数或小时数，如 "15m"、"1h"',
    );
  return ms;
};

export const checkInterface = (name: string): void => {
  if (!interfaceNames.some((known) => known === name))
    throw broken(
      'interface must be the name of an upstream interface, such as GET_USER_CARD',
      'interface 须为上游接口的名称，如 GET_USER_CARD',
    );
};

export const checkCount = (name: string, list: readonly unknown[]): void => {
  if (list.length > maxKeys)
    throw broken(`${name} must have at most ${maxKeys} entries`, `${name} 最多 ${maxKeys} 项`);
};

const identifier = new RegExp(`^[\\w-]{1,${lengths.id}}$`);
const openidPattern = new RegExp(`^[\\w-]{1,${lengths.openid}}$`);
const codePattern = new RegExp(`^(?!\\.{1,2}$)[\\x21-\\x7e]{1,${lengths.userCardCode}}$`);

/** Keys of the wrong form are refused, because they would become part of a path. */
export const checkCardId = (cardId: string): void => {
  if (!identifier.test(cardId))
    throw broken(
      `cardId must have 1 to ${lengths.id} letters, digits, - or _`,
      `cardId 须为 1 至 ${lengths.id} 位字母、数字、- 或 _`,
    );
};

export const checkActivityId = (activityId: string): void => {
  if (!/^[1-9]\d{0,15}$/.test(activityId))
    throw broken('activityId must be a number of 1 to 16 digits', 'activityId 须为 1 至 16 位数字');
};

export const checkOpenid = (openid: string): void => {
  if (!openidPattern.test(openid))
    throw broken(
      `openid must have 1 to ${lengths.openid} letters, digits, - or _`,
      `openid 须为 1 至 ${lengths.openid} 位字母、数字、- 或 _`,
    );
};

export const checkUserCardKey = (key: { cardId: string; openid: string; userCardCode: string }): void => {
  checkCardId(key.cardId);
  checkOpenid(key.openid);
  if (!codePattern.test(key.userCardCode))
    throw broken(
      `userCardCode must have 1 to ${lengths.userCardCode} digits, letters or half-width punctuation`,
      `userCardCode 须为 1 至 ${lengths.userCardCode} 位数字、英文或半角标点`,
    );
};
