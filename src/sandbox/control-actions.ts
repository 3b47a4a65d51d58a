import { changeCertificates, type Callers, type CertificateChange } from './callers';
import type { ControlAction } from './control';
import { ControlError, matching, number, object, oneOf, someText } from './control-input';
import type { MovableClock } from './movable-clock';
import type { Provision } from './provision';
import { editions, wireTime, type Edition } from './state';
import { trafficActions, type TrafficDeps } from './traffic-actions';
import { userActions, type UserActionDeps } from './user-actions';

export interface ControlDeps extends TrafficDeps, UserActionDeps {
  readonly certificates: Callers;
  readonly provision: Provision;
  readonly clock: MovableClock;
  readonly follow: (edition: Edition) => void;
  readonly reset: () => void;
}

const units = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof units;
const year10000 = Date.UTC(10_000, 0);

/** Each call of the control API with what it takes; README.md lists them. */
export const controlActions = (deps: ControlDeps): Readonly<Record<string, ControlAction>> => {
  const { certificates, provision, clock } = deps;
  const brandIds = provision.brands.map(({ brandId }) => brandId);
  const mchids = [provision.partner, ...provision.partners].map(({ mchid }) => mchid);
  const callerIds = [...brandIds, ...mchids];
  const time = () => ({ now: wireTime(clock.now()), aheadSeconds: Math.round(clock.aheadMs() / 1000) });

  return {
    ...trafficActions(deps, callerIds),
    ...userActions(deps, { brandIds, mchids }),
    'PUT /sandbox/certificates': {
      check: (body) => {
        const added = object(
          { serial: someText, publicKeyPem: someText },
          { needs: ['serial', 'publicKeyPem'] },
        );
        object(
          { route: oneOf(['brand', 'partner']), id: oneOf(callerIds), add: added, revoke: someText },
          { needs: ['route', 'id'], needsOneOf: ['add', 'revoke'] },
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
        const step = number({ min: -1e9, max: 1e9 });
        object(
          {
            at: matching((at) => !Number.isNaN(Date.parse(at)), 'a time such as 2027-01-01T00:00:00+08:00'),
            seconds: step,
            minutes: step,
            hours: step,
            days: step,
          },
          { needsOneOf: ['at', 'seconds', 'minutes', 'hours', 'days'] },
        )(body, '');
      },
      run(body) {
        const { at, ...steps } = body as { at?: string } & Partial<Record<Unit, number>>;
        const from = at === undefined ? clock.now() : Date.parse(at);
        const to = Object.entries(steps).reduce(
          (sum, [unit, count]) => sum + count * units[unit as Unit],
          from,
        );
        if (!(to >= 0 && to < year10000))
          throw new ControlError('the clock moves within the years 1970 to 9999');
        clock.moveTo(to);
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
    'POST /sandbox/reset': {
      run() {
        deps.reset();
      },
    },
  };
};
