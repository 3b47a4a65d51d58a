import type { IncomingMessage, ServerResponse } from 'node:http';
import { changeCertificates, type Callers } from './callers';
import type { Deliveries } from './deliveries';
import { Failure } from './failure';
import type { Fault, Faults } from './faults';
import { peakPerSecond, type Ledger } from './ledger';
import type { Counting, Quota } from './quota';
import type { CardAction, Done, Opening, Users } from './users';

/** The API by which other processes read the ledger and control the sandbox. Loopback only, unauthenticated. */
export interface ControlDeps {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly quota: Quota;
  readonly limits: Map<string, number>;
  readonly certificates: Callers;
  readonly provision: unknown;
  readonly users: Users;
  readonly deliveries: Deliveries;
  readonly reset: () => void;
}

type Action = (body: unknown, query: URLSearchParams) => unknown;

/** Returns true if the path belongs to this API and the request was handled. */
export const createControl = (deps: ControlDeps) => {
  const { ledger, faults, quota, limits, certificates, provision, users, deliveries, reset } = deps;
  const shown = ({ openid, userCardCode }: Done) => ({ openid, userCardCode });
  const actions: Readonly<Record<string, Action>> = {
    'GET /sandbox/ledger': (_, query) => {
      const entries = ledger.entries({
        since: Number(query.get('since') ?? 0),
        ...(query.has('interface') ? { interface: query.get('interface') ?? '' } : {}),
      });
      return { entries, peakPerSecond: peakPerSecond(entries) };
    },
    'DELETE /sandbox/ledger': () => {
      ledger.clear();
    },
    'GET /sandbox/faults': () => faults.list(),
    'PUT /sandbox/faults': (body) => {
      faults.set(body as Fault[]);
    },
    // {"counting": "fixed"|"sliding"|"bucket", "limits": {"GET_USER_CARD": 2}}; null restores the documented limit.
    'PUT /sandbox/limits': (body) => {
      const change = body as { counting?: Counting; limits?: Record<string, number | null> };
      if (change.counting !== undefined) quota.setCounting(change.counting);
      for (const [name, limit] of Object.entries(change.limits ?? {})) {
        if (limit === null) limits.delete(name);
        else limits.set(name, limit);
      }
    },
    'PUT /sandbox/certificates': (body) => {
      changeCertificates(certificates, body);
    },
    'GET /sandbox/provision': () => provision,
    // Actions of simulated users in WeChat, about which WeChat Pay sends notifications. Bodies: see users.ts.
    'POST /sandbox/users/open': (body) => shown(users.open(body as Opening)),
    'POST /sandbox/users/delete': (body) => shown(users.remove(body as CardAction)),
    'POST /sandbox/users/expire': (body) => shown(users.expire(body as CardAction)),
    'POST /sandbox/users/exchange-points': (body) =>
      shown(users.exchangePoints(body as CardAction & { readonly points: number })),
    'POST /sandbox/users/look-at-points': (body) => shown(users.lookAtPoints(body as CardAction)),
    'GET /sandbox/deliveries': () => deliveries.list(),
    // {"url": "http://127.0.0.1:4000/wechat/notify"} replaces every notify_url.
    'PUT /sandbox/deliveries': (body) => {
      deliveries.deliverTo((body as { readonly url?: string }).url);
    },
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
      response.statusCode = error instanceof Failure ? error.status : 400;
      response.end(JSON.stringify({ message: error instanceof Error ? error.message : 'unreadable' }));
    }
  };
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
