import { isRecord } from '../../shared/is-record';
import type { UpstreamArguments } from './request';

/** Arguments that identify the object or the change and are not values of it. */
const notValues: ReadonlySet<string> = new Set([
  'brand_id',
  'card_id',
  'openid',
  'user_card_code',
  'activity_id',
  'user_card_confirm_state',
]);

/**
 * Whether a record shows every value that a write sent. Personal fields never match: they return encrypted, differently each
 * time.
 */
export const showsSent = (record: object, args: UpstreamArguments): boolean =>
  Object.entries(args).every(
    ([name, value]) => notValues.has(name) || shows((record as UpstreamArguments)[camelCase(name)], value),
  );

const shows = (shown: unknown, sent: unknown): boolean => {
  if (sent === undefined || sent === null) return true;
  if (Array.isArray(sent))
    return (
      Array.isArray(shown) &&
      shown.length === sent.length &&
      sent.every((element, index) => shows(shown[index], element))
    );
  if (isRecord(sent))
    return (
      isRecord(shown) && Object.entries(sent).every(([name, value]) => shows(shown[camelCase(name)], value))
    );
  // 默认为false: a flag that was never set may be absent.
  if (sent === false && shown === undefined) return true;
  return shown === sent || isSameInstant(shown, sent);
};

const dateTime = /^\d{4}-\d\d-\d\dT/;

/** WeChat Pay returns times in its own time zone and with milliseconds. */
const isSameInstant = (shown: unknown, sent: unknown): boolean =>
  typeof shown === 'string' &&
  typeof sent === 'string' &&
  dateTime.test(sent) &&
  Date.parse(shown) === Date.parse(sent);

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
