import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuthenticator } from './authenticate';
import { createCallers } from './callers';
import { bytesOf, createControl } from './control';
import { controlActions } from './control-actions';
import { createDeliveries, type Deliveries } from './deliveries';
import { headerOf, sendAnswer, type Answer, type AnswerKeys } from './exchange';
import { Failure } from './failure';
import { createFaults, type Faults } from './faults';
import { codeOf, failureAnswer, gatewayAnswer, rateLimited } from './gateway';
import { newCallerKeys, newWechatPayKeys, type CallerKeys, type NewPair } from './keys';
import { createLedger, type Ledger } from './ledger';
import { listen } from './listen';
import { createMovableClock } from './movable-clock';
import { createPerformer } from './perform';
import { mchidsOf, provisionOf, type Provision } from './provision';
import { createQuota, type Counting } from './quota';
import { claimedId, matchOf, nameOf, type Route } from './routing';
import { brandsOf, firstExample, seedState, type Example } from './seed';
import type { Edition, State } from './state';
import { readUpload } from './upload';
import { createUsers, type Users } from './users';

export interface SandboxOptions {
  /** Default: 0, which takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Clock time in ms. */
  readonly now?: () => number;
  /** Runs `action` once after so many ms of the same clock; returns a function that cancels it. Used between deliveries. */
  readonly after?: (ms: number, action: () => void) => () => void;
  readonly random?: () => number;
  readonly counting?: Counting;
  readonly membersPerBrand?: number;
  /** Whose rules apply where the documents of two years differ. Default: `2026`. */
  readonly documents?: Edition;
  /** Default: 3. */
  readonly brands?: number;
  /** Default: 1. */
  readonly partners?: number;
  /** WeChat Pay allows 2; the seeded brands start with 3. */
  readonly maxTemplatesPerType?: number;
  /** Source of key pairs. Default: new pairs. */
  readonly newPair?: NewPair;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly provision: Provision;
  readonly example: Example;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly users: Users;
  readonly deliveries: Deliveries;
  /** The current state; a reset replaces it. */
  readonly state: () => State;
  readonly close: () => Promise<void>;
}

const documentedLimit: Readonly<Record<Route, number>> = { brand: 5, partner: 10 };
const certificatesLimit = 1000;

/** Starts a sandbox of WeChat Pay's member-card interfaces. Rejects with the listen error if the port is taken. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  // The ledger's order must survive changes of the clock and distinguish calls of one millisecond.
  const now = options.now ?? (() => performance.timeOrigin + performance.now());
  const members = options.membersPerBrand ?? 300;
  const brands = brandsOf(options.brands ?? 3);
  const { newPair } = options;
  const mchids = mchidsOf(options.partners ?? 1);
  const [wechatPay, ...keys] = await Promise.all([
    newWechatPayKeys(now(), newPair),
    ...[...mchids, ...brands].map(() => newCallerKeys(newPair)),
  ]);
  const [partnerKeys, brandKeys] = [keys.slice(0, mchids.length), keys.slice(mchids.length)];
  const callers: Readonly<Record<Route, ReadonlyMap<string, CallerKeys>>> = {
    partner: new Map(
      mchids.flatMap((mchid, index) => (partnerKeys[index] ? [[mchid, partnerKeys[index]]] : [])),
    ),
    brand: new Map(
      brands.flatMap(({ brandId }, index) => (brandKeys[index] ? [[brandId, brandKeys[index]]] : [])),
    ),
  };
  const { expiredSerial } = wechatPay;
  const clock = createMovableClock(now);
  const seed = (): State => seedState(now(), members, brands, clock.now);
  let state = seed();
  const firstEdition = options.documents ?? '2026';
  let edition = firstEdition;
  const ledger = createLedger();
  const faults = createFaults(options.random ?? Math.random);
  const quota = createQuota(options.counting ?? 'sliding');
  const limits = new Map<string, number>();
  const certificates = createCallers(callers);
  const authenticator = createAuthenticator({ now, callers: certificates });
  const provision = provisionOf(wechatPay, callers, brands);
  const deliveries = createDeliveries({ now, after: options.after, wechatPay, provision });
  const users = createUsers({ state: () => state, deliveries, now: clock.now });
  const actions = controlActions({
    ledger,
    faults,
    quota,
    limits,
    certificates,
    provision,
    users,
    deliveries,
    clock,
    state: () => state,
    follow(next) {
      edition = next;
    },
    reset() {
      clock.reset();
      state = seed();
      edition = firstEdition;
      ledger.clear();
      faults.set([]);
      limits.clear();
      certificates.reset();
      deliveries.clear();
    },
  });
  const control = createControl(actions);

  const perform = createPerformer({
    authenticator,
    wechatPay,
    partners: callers.partner,
    state: () => state,
    edition: () => edition,
    now,
    movableNow: clock.now,
    maxTemplatesPerType: options.maxTemplatesPerType ?? 50,
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = now();
    const match = matchOf(request);
    if (match === undefined) {
      request.resume();
      await sendAnswer(
        response,
        failureAnswer(new Failure(404, 'RESOURCE_NOT_EXISTS', '接口不存在'), { signed: false }),
        {
          keys: {
            privateKey: wechatPay.privateKey,
            serial: wechatPay.publicKeyId,
            expiredSerial,
            route: 'partner',
          },
          faults: [],
          now: at,
        },
      );
      return;
    }
    const name = nameOf(match);
    const dimension = claimedId(request);
    const limit =
      limits.get(name) ?? (name === 'GET_CERTIFICATES' ? certificatesLimit : documentedLimit[match.route]);
    // Counted on arrival, before anything else takes time.
    const admitted = quota.admit(`${match.route}/${dimension}/${name}`, limit, at);
    const hits = faults.hit({ interface: name, dimension });
    const serial = headerOf(request.headers, 'wechatpay-serial');
    const keys: AnswerKeys = {
      privateKey: wechatPay.privateKey,
      serial: serial === wechatPay.certificateSerial ? serial : wechatPay.publicKeyId,
      expiredSerial,
      route: match.route,
    };
    const note = (status: number, code: string, nonce: string): void => {
      ledger.add({ at, interface: name, route: match.route, dimension, status, code, nonce });
    };
    const bytes = await bytesOf(request);
    const upload =
      match.isUpload === true ? await readUpload(request.headers['content-type'], bytes) : undefined;
    const body = upload?.meta ?? bytes.toString('utf8');
    for (const { kind, delayMs = 0, jitterMs = 0 } of hits)
      if (kind === 'delay') await delay(delayMs + Math.random() * jitterMs);

    const early = admitted ? gatewayAnswer(hits, 'before') : rateLimited;
    if (early === 'reset' || early === 'blackHole') {
      note(0, early, '');
      if (early === 'reset') request.socket.destroy();
      return;
    }
    let answer: Answer & { nonce: string };
    try {
      answer = early === undefined ? perform(match, { request, body, upload }) : { ...early, nonce: '' };
    } catch (error) {
      answer = { ...failureAnswer(error, { signed: false }), nonce: '' };
    }
    const late = gatewayAnswer(hits, 'after');
    if (late === 'reset' || late === 'blackHole') {
      note(answer.status, late, answer.nonce);
      if (late === 'reset') request.socket.destroy();
      return;
    }
    const final = late ?? answer;
    note(final.status, codeOf(final), answer.nonce);
    await sendAnswer(response, final, { keys, faults: hits, now: now() });
  };

  const server = createServer((request, response) => {
    const handled =
      request.url?.startsWith('/sandbox/') === true ? control(request, response) : serve(request, response);
    handled.catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  return {
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    port,
    provision,
    example: firstExample,
    ledger,
    faults,
    users,
    deliveries,
    state: () => state,
    close: () =>
      new Promise((resolve) => {
        deliveries.stop();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
