import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, Faults } from './faults';
import { mostInASecond, type Ledger } from './ledger';
import type { Counting, Quota } from './quota';

/** The small API by which other processes read the ledger and write the script. Loopback only, unauthenticated. */
export interface ControlParts {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly quota: Quota;
  readonly limits: Map<string, number>;
  readonly provision: unknown;
  readonly reset: () => void;
}

type Action = (body: unknown, query: URLSearchParams) => unknown;

/** Answers whether the path was one of its own. */
export const createControl = ({ ledger, faults, quota, limits, provision, reset }: ControlParts) => {
  const actions: Readonly<Record<string, Action>> = {
    'GET /sandbox/ledger': (_, query) => {
      const entries = ledger.entries({
        since: Number(query.get('since') ?? 0),
        ...(query.has('interface') ? { interface: query.get('interface') ?? '' } : {}),
      });
      return { entries, mostInASecond: mostInASecond(entries) };
    },
    'DELETE /sandbox/ledger': () => {
      ledger.clear();
    },
    'GET /sandbox/faults': () => faults.list(),
    'PUT /sandbox/faults': (body) => {
      faults.set(body as Fault[]);
    },
    // {"counting": "fixed"|"sliding"|"bucket", "limits": {"GET_USER_CARD": 2}}; a limit of null is the documented one.
    'PUT /sandbox/limits': (body) => {
      const change = body as { counting?: Counting; limits?: Record<string, number | null> };
      if (change.counting !== undefined) quota.setCounting(change.counting);
      for (const [name, limit] of Object.entries(change.limits ?? {})) {
        if (limit === null) limits.delete(name);
        else limits.set(name, limit);
      }
    },
    'GET /sandbox/provision': () => provision,
    'POST /sandbox/reset': () => {
      reset();
    },
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const action = actions[`${request.method ?? ''} ${url.pathname}`];
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    try {
      const text = (await bytesOf(request)).toString('utf8');
      if (action === undefined) {
        response.statusCode = 404;
        response.end(JSON.stringify({ message: `one of: ${Object.keys(actions).join(', ')}` }));
        return;
      }
      response.end(
        JSON.stringify(action(text === '' ? undefined : JSON.parse(text), url.searchParams) ?? {}),
      );
    } catch (error) {
      response.statusCode = 400;
      response.end(JSON.stringify({ message: error instanceof Error ? error.message : 'unreadable' }));
    }
  };
};

const mostBodyBytes = 3_145_728;

export const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBodyBytes) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
