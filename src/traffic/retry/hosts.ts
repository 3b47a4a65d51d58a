import type { Clock } from '../../shared/clock';
import type { Host } from '../calls/call';

/**
 * Chooses main or backup host by WeChat Pay's failover guide (partner 4012082567). The last 100 calls within 10 minutes
 * decide: below 90 % success, the other host is used until the main one has recovered. At most 1 % of calls probe the
 * unused host.
 */
export interface Hosts {
  choose(): Host;
  /** A host that is none of these; `undefined` if none is left. */
  otherThan(hosts: ReadonlySet<Host>): Host | undefined;
  /** `answered`: the host responded at all, even with a business error. */
  report(host: Host, answered: boolean): void;
}

const remembered = 100;
const memoryMs = 600_000;
const healthyShare = 0.9;
const probeEvery = 100;
/** After a failover, recovery is probed at least this often, ms, so that brands with few calls also return. */
const probeMs = 45_000;
const goodProbesToReturn = 2;

export interface HostsOptions {
  /** Called on every change of the host in use. */
  readonly onSwitch?: (to: Host) => void;
  /** Whether both names lead to the same host, as with a sandbox. Default: false. */
  readonly isSingle?: boolean;
}

export const createHosts = (
  clock: Clock,
  { onSwitch = () => undefined, isSingle = false }: HostsOptions = {},
): Hosts => {
  let results: { readonly at: number; readonly answered: boolean }[] = [];
  let current: Host = 'main';
  let callsSinceProbe = 0;
  let probedAt = 0;
  let goodProbes = 0;

  const share = (): number => {
    const since = clock.now() - memoryMs;
    results = results.filter(({ at }) => at > since).slice(-remembered);
    return results.length === 0 ? 1 : results.filter(({ answered }) => answered).length / results.length;
  };

  return {
    otherThan(hosts) {
      if (isSingle && hosts.size > 0) return undefined;
      return (['main', 'backup'] as const).find((host) => !hosts.has(host));
    },
    choose() {
      callsSinceProbe += 1;
      const due =
        callsSinceProbe >= probeEvery || (current === 'backup' && clock.now() - probedAt >= probeMs);
      if (!due) return current;
      callsSinceProbe = 0;
      probedAt = clock.now();
      return current === 'main' ? 'backup' : 'main';
    },
    report(host, answered) {
      if (host === 'backup') {
        // A failing backup is no reason to stay on it.
        if (current === 'backup' && !answered) goodProbes = Math.max(goodProbes, goodProbesToReturn - 1);
        return;
      }
      if (current === 'main') {
        results.push({ at: clock.now(), answered });
        if (share() >= healthyShare) return;
        current = 'backup';
        onSwitch(current);
        probedAt = clock.now();
        goodProbes = 0;
        return;
      }
      goodProbes = answered ? goodProbes + 1 : 0;
      if (goodProbes < goodProbesToReturn) return;
      current = 'main';
      onSwitch(current);
      results = [];
    },
  };
};
