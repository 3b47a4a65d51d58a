import type { IncomingMessage } from 'node:http';
import { parseRequestBody } from './documents/inexact-numbers';
import { headerOf } from '../http/headers';
import { failure } from '../http/send-json';
import { languageOf } from '../http/language';

export const unreadable = Symbol('unreadable');

export const isJson = (request: Pick<IncomingMessage, 'headers'>): boolean =>
  /^application\/json\s*(;|$)/i.test(headerOf(request, 'contentType') ?? '');

/** Parses the body of a GraphQL request. Returns '' if it is empty or its content type is not JSON. */
export const parseBody = (request: Pick<IncomingMessage, 'headers'>, text: string): unknown => {
  if (text === '' || !isJson(request)) return '';
  try {
    return parseRequestBody(text);
  } catch {
    return unreadable;
  }
};

/** The response to an unreadable body. The parser's own message is not used because it quotes the body. */
export const notJson = (request: Pick<IncomingMessage, 'headers'>): unknown =>
  failure(
    'BAD_REQUEST',
    languageOf(headerOf(request, 'acceptLanguage')) === 'en'
      ? 'The body is not JSON.'
      : '请求体不是有效的 JSON。',
  );

/** The query of a URL, including the question mark. */
export const searchOf = (url = ''): string => {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark);
};
