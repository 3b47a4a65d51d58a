import { randomBytes } from 'node:crypto';
import { brokenRule, refused } from './failure';
import { cardOf, checkOpenid, type HandlerCall } from './handlers';
import { wireTime } from './state';

const hourMs = 3_600_000;

export const createPreAuthToken = ({ state, brandId, args, now }: HandlerCall) => {
  const openid = String(args.openid);
  // Magic input: see README.md.
  if (openid.startsWith('closed')) throw refused('featureClosed');
  checkOpenid(openid);
  const template = state.template(brandId, String(args.card_id));
  if (template?.state !== 'CARD_EFFECTIVE') throw refused('templateInvalid');
  const { type, available_end_time: end } = template.valid_date_information;
  if (type === 'FIX_TIME_RANGE' && end !== undefined && Date.parse(end) <= now)
    throw refused('templateEnded');
  const holds = state
    .userCardsOf(brandId, openid)
    .some(
      (one) => one.card_id === template.card_id && ['UNACTIVATED', 'EFFECTIVE'].includes(one.user_card_state),
    );
  if (holds) throw refused('holdsValid');
  return { token: randomBytes(16).toString('hex'), expire_time: wireTime(now + hourMs) };
};

export const createFeed = ({ state, brandId, args }: HandlerCall) => {
  const { card_id, user_card_code, openid, out_request_no, cell } = args as Readonly<Record<string, string>>;
  // Magic input: see README.md.
  if (openid?.startsWith('invalid') === true) throw refused('feedOpenid');
  // A variable may hold spaces, because names and times have them.
  if (!/^\d+(_[^_]+)+$/.test(cell ?? '')) throw refused('cell');
  if (cell?.startsWith('99_') === true) throw refused('feedForbidden');
  if (state.template(brandId, card_id ?? '')?.state !== 'CARD_EFFECTIVE') throw refused('templateInvalid');
  const isMember = state
    .userCardsOf(brandId, openid ?? '')
    .some(
      (one) =>
        one.user_card_code === user_card_code &&
        one.card_id === card_id &&
        one.user_card_state === 'EFFECTIVE',
    );
  if (!isMember) throw refused('notMember');
  const number = `${brandId}\n${out_request_no ?? ''}`;
  if (state.feeds.has(number)) throw refused('feedExists');
  state.feeds.add(number);
  return { brand_id: brandId, card_id, user_card_code, out_request_no, cell };
};

export const syncPoints = (call: HandlerCall) => {
  const { state, brandId, args } = call;
  const card = cardOf(call, 'cardMissing');
  state.points.set(`${brandId}\n${card.user_card_code}`, Number(args.point_balance));
  return { ...args, brand_id: brandId };
};

export const confirmExchange = (call: HandlerCall) => {
  const { state, brandId, args } = call;
  const { card_id, openid, user_card_code } = cardOf(call, 'cardMissing');
  const key = `${brandId}\n${String(args.record_id)}`;
  const record = state.exchanges.get(key);
  if (
    record === undefined ||
    record.openid !== openid ||
    record.exchange_coupon_template_id !== args.exchange_coupon_template_id
  )
    throw refused('exchangeMissing');
  const rejected = args.result === 'POINT_EXCHANGE_COUPON_REJECT';
  if (rejected && args.reject_reason === undefined) throw brokenRule('reject_reason', '必填');
  const outcome =
    rejected || record.sold_out
      ? { state: 'POINT_EXCHANGE_COUPON_FAIL' }
      : { state: 'POINT_EXCHANGE_COUPON_SUCCESS', coupon_code: randomBytes(8).toString('hex') };
  return {
    record_id: args.record_id,
    exchange_coupon_template_id: args.exchange_coupon_template_id,
    brand_id: brandId,
    card_id,
    openid,
    user_card_code,
    ...outcome,
    ...(rejected ? { reject_reason: args.reject_reason } : {}),
    product_coupon_id: '100000001',
    product_coupon_stock_type: 'PRODUCT_COUPON_STOCK_TYPE_BRAND_FAVOR',
    stock_id: '200000001',
  };
};
