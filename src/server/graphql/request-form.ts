import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import type { Texts } from '../../shared/language';
import { responseHeader } from '../http/headers';
import type { CallerRefusal } from '../http/authenticate';
import { isPersistedQuery } from './trusted-documents';
import { jsonOf, type ReceivedRequest } from './receive-request';

/** Why a request received by GET or POST is not a GraphQL request; `undefined` if it is one. */
export const formFault = (
  method: string | undefined,
  { search, body }: Pick<ReceivedRequest, 'search' | 'body'>,
): CallerRefusal | undefined => {
  if (method === 'GET') return searchFault(new URLSearchParams(search));
  if (Array.isArray(body)) return notARequest(oneOperation);
  if (!isRecord(body)) return notARequest(noObject);
  return memberFault(body);
};

const searchFault = (search: URLSearchParams): CallerRefusal | undefined => {
  const twice = members.find((name) => search.getAll(name).length > 1);
  if (twice !== undefined)
    return notARequest([`${twice} may be given only once.`, `${twice} 只能出现一次。`]);
  const given: Record<string, unknown> = Object.fromEntries(search);
  for (const name of ['variables', 'extensions'])
    if (typeof given[name] === 'string') given[name] = jsonOf(given[name]);
  return memberFault(given);
};

const members = ['query', 'operationName', 'variables', 'extensions'] as const;

const memberFault = ({
  query,
  operationName,
  variables,
  extensions,
}: Readonly<Record<string, unknown>>): CallerRefusal | undefined => {
  for (const [name, value] of Object.entries({ variables, extensions }))
    if (value != null && !isRecord(value))
      return notARequest([`${name} must be a JSON object.`, `${name} 须为 JSON 对象。`]);
  if (operationName != null && typeof operationName !== 'string')
    return notARequest(['operationName must be a string.', 'operationName 须为字符串。']);
  // Apollo's protocol of hashes has an answer of its own.
  if ((query === undefined || query === '') && isPersistedQuery(extensions)) return undefined;
  return typeof query === 'string' && query !== '' ? undefined : notARequest(noDocument);
};

const notARequest = (publicMessage: Texts): CallerRefusal => ({
  status: 400,
  error: new AppError('BAD_REQUEST', 'not a GraphQL request', { publicMessage }),
  headers: {},
});

/** GET must change nothing. */
export const mutationByGet = (): CallerRefusal => ({
  status: 405,
  error: new AppError('BAD_REQUEST', 'a mutation by GET', {
    publicMessage: ['Mutations are sent by POST.', '变更须以 POST 发送。'],
  }),
  headers: { [responseHeader.allow]: 'POST' },
});

const noObject: Texts = [
  'The body must be a JSON object, with the header "Content-Type: application/json".',
  '请求体须为 JSON 对象，并携带请求头 "Content-Type: application/json"。',
];
const oneOperation: Texts = [
  'A request holds one operation: send a JSON object, not a list.',
  '一次请求只能包含一个操作：请发送 JSON 对象，而非数组。',
];
const noDocument: Texts = [
  'query must be the text of a document; to run a reviewed document, send its id as documentId.',
  'query 须为文档的文本；如需执行已审核的文档，请以 documentId 发送其 id。',
];
