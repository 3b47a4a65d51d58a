import { changeCertificates, type Callers, type CertificateChange } from './callers';
import {
  ControlError,
  flag,
  listOf,
  mapOf,
  matching,
  nullOr,
  number,
  object,
  oneOf,
  someText,
  type Check,
} from './control-input';
import type { ControlAction } from './control';
import { isLoopback, type Deliveries } from './deliveries';
import { faultKinds, type Fault, type Faults } from './faults';
import { peakPerSecond, type Ledger } from './ledger';
import type { MovableClock } from './movable-clock';
import type { Provision } from './provision';
import { countings, type Counting, type Quota } from './quota';
import { refusals } from './refusals';
import { refusalsOf } from './refusals-of';
import { interfaceNames } from './routing';
import { editions, wireTime, type Edition, type State } from './state';
import type { CardAction, Done, Opening, Users } from './users';

export interface ControlDeps {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly quota: Quota;
  readonly limits: Map<string, number>;
  readonly certificates: Callers;
  readonly provision: Provision;
  readonly users: Users;
  readonly deliveries: Deliveries;
  readonly clock: MovableClock;
  readonly state: () => State;
  readonly follow: (edition: Edition) => void;
  readonly reset: () => void;
}

const routes = oneOf(['brand', 'partner']);
const interfaceName = oneOf(interfaceNames);
const positive = number({ min: 0 });
const hours = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

/** Each call of the control API with what it takes; README.md lists them. */
export const controlActions = (deps: ControlDeps): Readonly<Record<string, ControlAction>> => {
  const { ledger, faults, quota, limits, certificates, provision, users, deliveries, clock, state } = deps;
  const brandIds = provision.brands.map(({ brandId }) => brandId);
  const brandId = oneOf(brandIds);
  const done = ({ openid, userCardCode }: Done) => ({ openid, userCardCode });
  const action = (members: Readonly<Record<string, Check>>, needs: readonly string[]): Check =>
    object(
      { brandId, route: routes, oldSpelling: flag, cardId: someText, ...members },
      { needs: ['brandId', ...needs] },
    );
  /** A template of the brand, so that a wrong id names the right ones. */
  const checkTemplate = (body: unknown): void => {
    const { brandId: brand, cardId } = body as Opening;
    oneOf(
      state()
        .templatesOf(brand)
        .map(({ card_id }) => card_id),
    )(cardId, 'cardId');
  };
  const onCard = (
    run: (of: CardAction) => Done,
    members: Readonly<Record<string, Check>> = {},
  ): ControlAction => ({
    check: (body) => {
      action({ userCardCode: someText, ...members }, ['userCardCode', ...Object.keys(members)])(body, '');
    },
    run: (body) => done(run(body as CardAction)),
  });
  const time = () => ({ now: wireTime(clock.now()), aheadSeconds: Math.round(clock.aheadMs() / 1000) });

  return {
    'GET /sandbox/ledger': {
      query: ['since', 'interface'],
      run(_, query) {
        const name = query.get('interface');
        if (name !== null) interfaceName(name, '?interface');
        const since = Number(query.get('since') ?? 0);
        positive(since, '?since');
        const entries = ledger.entries({ since, ...(name === null ? {} : { interface: name }) });
        return { entries, peakPerSecond: peakPerSecond(entries) };
      },
    },
    'DELETE /sandbox/ledger': {
      run() {
        ledger.clear();
      },
    },
    'GET /sandbox/faults': { run: () => faults.list() },
    'PUT /sandbox/faults': {
      check(body) {
        listOf(fault([...brandIds, provision.partner.mchid]))(body, '');
      },
      run(body) {
        faults.set(body as Fault[]);
      },
    },
    'PUT /sandbox/limits': {
      check: (body) => {
        object({
          counting: oneOf(countings),
          limits: mapOf(interfaceNames, nullOr(number({ min: 0 }))),
        })(body, '');
      },
      run(body) {
        const change = body as { counting?: Counting; limits?: Record<string, number | null> };
        if (change.counting !== undefined) quota.setCounting(change.counting);
        for (const [name, limit] of Object.entries(change.limits ?? {})) {
          if (limit === null) limits.delete(name);
          else limits.set(name, limit);
        }
      },
    },
    'PUT /sandbox/certificates': {
      check: (body) => {
        const added = object(
          { serial: someText, publicKeyPem: someText },
          { needs: ['serial', 'publicKeyPem'] },
        );
        object(
          { route: routes, id: oneOf([...brandIds, provision.partner.mchid]), add: added, revoke: someText },
          { needs: ['route', 'id'] },
        )(body, '');
      },
      run(body) {
        changeCertificates(certificates, body as CertificateChange);
      },
    },
    'PUT /sandbox/documents': {
      check: (body) => {
        object({ edition: oneOf(editions) }, { needs: ['edition'] })(body, '');
      },
      run(body) {
        deps.follow((body as { edition: Edition }).edition);
      },
    },
    'GET /sandbox/clock': { run: time },
    'POST /sandbox/clock': {
      check: (body) => {
        const step = number({ min: -36_500, max: 36_500_000 });
        object({
          at: matching((at) => !Number.isNaN(Date.parse(at)), 'a time such as 2027-01-01T00:00:00+08:00'),
          seconds: step,
          minutes: step,
          hours: step,
          days: step,
        })(body, '');
      },
      run(body) {
        const { at, ...steps } = body as { at?: string } & Partial<Record<keyof typeof hours, number>>;
        if (at !== undefined) clock.moveTo(Date.parse(at));
        for (const [unit, count] of Object.entries(steps))
          clock.moveBy(count * hours[unit as keyof typeof hours]);
        return time();
      },
    },
    'DELETE /sandbox/clock': {
      run() {
        clock.reset();
        return time();
      },
    },
    'GET /sandbox/provision': { run: () => provision },
    // Actions of simulated users in WeChat, about which WeChat Pay sends notifications. Bodies: see users.ts.
    'POST /sandbox/users/open': {
      check(body) {
        action({ openid: someText, phoneNumber: someText }, ['cardId'])(body, '');
        checkTemplate(body);
      },
      run: (body) => done(users.open(body as Opening)),
    },
    'POST /sandbox/users/delete': onCard((of) => users.remove(of)),
    'POST /sandbox/users/expire': onCard((of) => users.expire(of)),
    'POST /sandbox/users/exchange-points': onCard(
      (of) => users.exchangePoints(of as CardAction & { readonly points: number }),
      { points: number({ min: 1, whole: true }) },
    ),
    'POST /sandbox/users/look-at-points': onCard((of) => users.lookAtPoints(of)),
    'GET /sandbox/deliveries': { run: () => deliveries.list() },
    // Replaces every notify_url; without a URL, templates' own are used again.
    'PUT /sandbox/deliveries': {
      check: (body) => {
        object(
          { url: nullOr(matching(isLoopback, 'a loopback URL such as http://127.0.0.1:4000/wechat/notify')) },
          { needs: ['url'] },
        )(body, '');
      },
      run(body) {
        deliveries.deliverTo((body as { url: string | null }).url ?? undefined);
      },
    },
    'POST /sandbox/deliveries/resend': {
      check: (body) => {
        if (body !== undefined) object({ id: someText })(body, '');
      },
      async run(body) {
        const { id } = (body ?? {}) as { id?: string };
        const resent = await deliveries.resend(id);
        if (resent === undefined)
          throw new ControlError(
            id === undefined
              ? 'there is no notification yet: let a user act first'
              : `id: there is no notification ${JSON.stringify(id)}; GET /sandbox/deliveries lists them`,
          );
        return resent;
      },
    },
    'POST /sandbox/reset': {
      run() {
        deps.reset();
      },
    },
  };
};

const fault = (dimensions: readonly string[]): Check => {
  const shape = object(
    {
      kind: oneOf(faultKinds),
      when: oneOf(['before', 'after']),
      interface: interfaceName,
      message: someText,
      dimension: oneOf(dimensions),
      times: number({ min: 1, whole: true }),
      probability: number({ min: 0, max: 1 }),
      delayMs: positive,
      jitterMs: positive,
    },
    { needs: ['kind'] },
  );
  return (value, path) => {
    shape(value, path);
    const { kind, interface: name, message } = value as Fault;
    if (kind !== 'refused') {
      if (message !== undefined) throw new ControlError(`${path}.message: is for the kind refused only`);
      return;
    }
    if (name === undefined) throw new ControlError(`${path}.interface: is needed for the kind refused`);
    oneOf(refusalsOf(name).map((one) => refusals[one].message))(message, `${path}.message`);
  };
};
