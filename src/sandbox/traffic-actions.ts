import type { ControlAction } from './control';
import {
  ControlError,
  listOf,
  mapOf,
  nullOr,
  number,
  object,
  oneOf,
  someText,
  type Check,
} from './control-input';
import { faultKinds, type Fault, type Faults } from './faults';
import { peakPerSecond, type Ledger } from './ledger';
import { countings, type Counting, type Quota } from './quota';
import { refusals } from './refusals';
import { refusalRows, refusalsOf } from './refusals-of';
import { interfaceNames } from './routing';

export interface TrafficDeps {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly quota: Quota;
  readonly limits: Map<string, number>;
}

const interfaceName = oneOf(interfaceNames);
const notNegative = number({ min: 0 });

/** Control calls about the requests that arrive. @param callerIds - every brand_id and mchid. */
export const trafficActions = (
  { ledger, faults, quota, limits }: TrafficDeps,
  callerIds: readonly string[],
): Readonly<Record<string, ControlAction>> => ({
  'GET /sandbox/ledger': {
    query: ['since', 'interface'],
    run(_, query) {
      const name = query.get('interface');
      if (name !== null) interfaceName(name, '?interface');
      const since = Number(query.get('since') ?? 0);
      notNegative(since, '?since');
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
      listOf(fault(callerIds))(body, '');
    },
    run(body) {
      faults.set(body as Fault[]);
    },
  },
  'GET /sandbox/refusals': {
    query: ['interface'],
    run(_, query) {
      const name = query.get('interface');
      if (name !== null) interfaceName(name, '?interface');
      return refusalRows().filter((row) => name === null || row.interface === name);
    },
  },
  'PUT /sandbox/limits': {
    check: (body) => {
      object(
        { counting: oneOf(countings), limits: mapOf(interfaceNames, nullOr(number({ min: 0 }))) },
        { needsOneOf: ['counting', 'limits'] },
      )(body, '');
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
});

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
      delayMs: notNegative,
      jitterMs: notNegative,
    },
    { needs: ['kind'] },
  );
  return (value, path) => {
    shape(value, path);
    const { kind, interface: name, message, delayMs, jitterMs } = value as Fault;
    if (kind === 'delay' && delayMs === undefined && jitterMs === undefined)
      throw new ControlError(`${path}: changes nothing; needs one of: delayMs, jitterMs`);
    if (kind !== 'refused') {
      if (message !== undefined) throw new ControlError(`${path}.message: is for the kind refused only`);
      return;
    }
    if (name === undefined) throw new ControlError(`${path}.interface: is needed for the kind refused`);
    oneOf(refusalsOf(name).map((one) => refusals[one].message))(message, `${path}.message`);
  };
};
