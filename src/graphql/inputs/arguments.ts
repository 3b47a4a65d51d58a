import { lengths } from '../../documents/common-fields';
import { AppError } from '../../shared/errors';
import type { Texts } from '../../shared/language';
import { offsetAfter } from '../relay/connection';
import type { NodeIds, NodeRef } from '../relay/node-id';
import { isPhoneNumber } from '../../shared/phone-number';
import { keyOf, type KeyOf, type ObjectRef } from './object-ref';

/** Maximum page size a client may request; five upstream pages. */
const maxFirst = 100;
/** Maximum number of keys or ids in one list argument. */
const maxKeys = 100;

const identifier = new RegExp(`^[\\w-]{1,${lengths.id}}$`);
const openidPattern = new RegExp(`^[\\w-]{1,${lengths.openid}}$`);
const codePattern = new RegExp(`^(?!\\.{1,2}$)[\\x21-\\x7e]{1,${lengths.userCardCode}}$`);

/** The rules of arguments, as they are reported and described. `list` is for every list of keys or ids. */
export const argumentRules = {
  first: [`must be from 1 to ${maxFirst}`, `须在 1 到 ${maxFirst} 之间`],
  after: ['must be a cursor of this connection', '须为本连接返回的游标'],
  dateTime: [
    'must be a date-time with an offset, such as 2026-05-20T13:29:35+08:00',
    '须为带时区的时间，如 2026-05-20T13:29:35+08:00',
  ],
  maxAgeSeconds: ['must not be negative', '不能为负数'],
  list: [`must have at most ${maxKeys} entries`, `最多 ${maxKeys} 项`],
  last: [
    'must be a number of minutes or hours up to 24h, such as "15m" or "1h"',
    '须为不超过 24h 的分钟数或小时数，如 "15m"、"1h"',
  ],
  cardId: [
    `must have 1 to ${lengths.id} letters, digits, - or _`,
    `须为 1 至 ${lengths.id} 位字母、数字、- 或 _`,
  ],
  activityId: ['must be a number of 1 to 16 digits', '须为 1 至 16 位数字'],
  openid: [
    `must have 1 to ${lengths.openid} letters, digits, - or _`,
    `须为 1 至 ${lengths.openid} 位字母、数字、- 或 _`,
  ],
  userCardCode: [
    `must have 1 to ${lengths.userCardCode} digits, letters or half-width punctuation`,
    `须为 1 至 ${lengths.userCardCode} 位数字、英文或半角标点`,
  ],
  phoneNumber: ['must be a phone number, such as 13812345678', '须为手机号，如 13812345678'],
} as const satisfies Readonly<Record<string, Texts>>;

/** The error for an argument that breaks its rule. */
export const broken = (rule: keyof typeof argumentRules, name: string = rule): AppError => {
  const [en, zh] = argumentRules[rule];
  return new AppError('BAD_USER_INPUT', `${name} ${en}`, {
    publicMessage: [`${name} ${en}.`, `${name} ${zh}。`],
  });
};

/** The length of a page. */
export const toFirst = (first: number): number => {
  if (first < 1 || first > maxFirst) throw broken('first');
  return first;
};

export const toSlice = (
  first: number,
  after: string | undefined | null,
): { offset: number; first: number } => {
  const length = toFirst(first);
  const offset = after === undefined || after === null ? 0 : offsetAfter(after);
  if (offset === undefined) throw broken('after');
  return { offset, first: length };
};

/** Reads the cursor of a list of deliveries. */
export const toDeliveryCursor = (after: string | undefined): number | undefined => {
  if (after === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(after)) throw broken('after');
  return Number(after);
};

export const toMaxAgeMs = (maxAgeSeconds: number | undefined | null): number | undefined => {
  if (maxAgeSeconds === undefined || maxAgeSeconds === null) return undefined;
  if (maxAgeSeconds < 0) throw broken('maxAgeSeconds');
  return maxAgeSeconds * 1000;
};

const unitMs = { m: 60_000, h: 3_600_000 } as const;
const maxPeriodMs = 24 * unitMs.h;

/** Reads a period such as `15m` or `1h`. */
export const toPeriodMs = (last: string): number => {
  const [, count, unit] = /^([1-9]\d{0,3})([mh])$/.exec(last) ?? [];
  const ms = Number(count) * unitMs[unit === 'h' ? 'h' : 'm'];
  if (!(ms <= maxPeriodMs)) throw broken('last');
  return ms;
};

export const checkCount = (name: string, list: readonly unknown[]): void => {
  if (list.length > maxKeys) throw broken('list', name);
};

/** Keys of the wrong form are refused, because they would become part of a path. */
export const checkCardId = (cardId: string): void => {
  if (!identifier.test(cardId)) throw broken('cardId');
};

export const checkActivityId = (activityId: string): void => {
  if (!/^[1-9]\d{0,15}$/.test(activityId)) throw broken('activityId');
};

export const checkOpenid = (openid: string): void => {
  if (!openidPattern.test(openid)) throw broken('openid');
};

export const checkUserCardKey = (key: { cardId: string; openid: string; userCardCode: string }): void => {
  checkCardId(key.cardId);
  checkOpenid(key.openid);
  checkUserCardCode(key.userCardCode);
};

export const checkUserCardCode = (code: string): void => {
  if (!codePattern.test(code)) throw broken('userCardCode');
};

export const checkPhoneNumber = (number: string): void => {
  if (!isPhoneNumber(number)) throw broken('phoneNumber');
};

/** What reading by reference needs of the operation's context. */
export interface ReferenceDeps {
  readonly nodeIds: NodeIds;
  readonly brands: { get(brandId: string): object | undefined };
  /** Where the caller gave the id, for errors. Default: `by.id`. */
  readonly idPath?: string;
}

/**
 * The key of the object that `by` names; `undefined` if the caller may not read its brand. An id that cannot be read, or belongs
 * to another type or to a brand that the caller may not read, is refused with one error, so that nobody can tell these apart.
 */
export const toKey = <K extends NodeRef['kind']>(
  kind: K,
  by: ObjectRef<K>,
  { nodeIds, brands, idPath = 'by.id' }: ReferenceDeps,
): KeyOf<K> | undefined => {
  const key = keyOf(kind, by, nodeIds);
  if (key !== undefined) checkKey(key);
  const isReadable = key !== undefined && brands.get(key.brandId) !== undefined;
  if (!isReadable && typeof by.id === 'string')
    throw new AppError('NOT_FOUND', `the id names no ${kind} that the caller may read`, {
      publicMessage: [
        `${idPath} names no ${kind} in a brand that you may read.`,
        `${idPath} 不是您可读取的品牌下 ${kind} 的 id。`,
      ],
    });
  return isReadable ? key : undefined;
};

const checkKey = (key: KeyOf<NodeRef['kind']>): void => {
  if ('userCardCode' in key) checkUserCardKey(key);
  else if ('activityId' in key) checkActivityId(key.activityId);
  else if ('cardId' in key) checkCardId(key.cardId);
};
