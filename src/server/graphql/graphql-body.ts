import type { IncomingMessage } from 'node:http';
import { parseRequestBody } from './documents/inexact-numbers';
import { failure } from '../http/http';
import { languageOf } from '../http/language';

export const unreadable = Symbol('unreadable');

export const isJson = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');

/** The body of a GraphQL request. Empty text stands for a body that is no JSON by its content type, or that is absent. */
export const parseBody = (request: Pick<IncomingMessage, 'headers'>, text: string): unknown => {
  if (text === '' || !isJson(request)) return '';
  try {
    return parseRequestBody(text);
  } catch {
    return unreadable;
  }
};

/** The answer to an unreadable body. The parser's own message quotes the body. */
export const notJson = ({ headers }: Pick<IncomingMessage, 'headers'>): unknown =>
  failure(
    'BAD_REQUEST',
    languageOf(headers['accept-language']) === 'en' ? 'The body is not JSON.' : '请求体不是有效的 JSON。',
  );

/** The query of a URL, from the question mark on. */
export const searchOf = (url = ''): string => {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark);
};
