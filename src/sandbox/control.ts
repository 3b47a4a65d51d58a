import type { IncomingMessage, ServerResponse } from 'node:http';
import { ControlError } from './control-input';
import { Failure } from './failure';

/** One call of the control API. */
export interface ControlAction {
  /** Throws a ControlError if the body is not as documented. Absent: the call takes no body. */
  readonly check?: (body: unknown) => void;
  /** Names of the query parameters. */
  readonly query?: readonly string[];
  readonly run: (body: unknown, query: URLSearchParams) => unknown;
}

/** The API by which other processes read the ledger and control the sandbox. Loopback only, unauthenticated. */
export const createControl =
  (actions: Readonly<Record<string, ControlAction>>) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const action = actions[`${request.method ?? ''} ${url.pathname}`];
    const answer = (status: number, body: unknown): void => {
      response.statusCode = status;
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      response.end(JSON.stringify(body));
    };
    try {
      const text = (await bytesOf(request)).toString('utf8');
      if (action === undefined) {
        answer(404, { message: `one of: ${Object.keys(actions).join(', ')}` });
        return;
      }
      checkQuery(url.searchParams, action.query ?? []);
      const body = action.check === undefined ? nothing(text) : parsed(text);
      action.check?.(body);
      answer(200, (await action.run(body, url.searchParams)) ?? {});
    } catch (error) {
      if (error instanceof Failure) answer(error.status, { code: error.code, message: error.message });
      else answer(400, { message: error instanceof Error ? error.message : 'unreadable' });
    }
  };

const checkQuery = (query: URLSearchParams, known: readonly string[]): void => {
  for (const name of query.keys())
    if (!known.includes(name))
      throw new ControlError(
        `?${name} is not known; ${known.length === 0 ? 'this call has no parameters' : `known: ${known.join(', ')}`}`,
      );
};

const nothing = (text: string): undefined => {
  if (text !== '') throw new ControlError('this call takes no body');
  return undefined;
};

const parsed = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError('the body is not JSON');
  }
};

const maxBodyBytes = 3_145_728;

export const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
