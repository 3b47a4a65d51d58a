import type { Clock } from '../../shared/clock';
import type { Host } from '../calls/call';

/**
 * Main or backup host, by WeChat Pay's failover guide (partner 4012082567): the results of the last 100 calls within 10
 * minutes decide; below 90 % the other host is used until the main one has recovered; at most 1 % of calls keep the
 * unused host proven.
 */
export interface Hosts {
  choose(): Host;
  /** Whether the host answered at all: a business refusal is an answer. */
  report(host: Host, answered: boolean): void;
}

const remembered = 100;
const memoryMs = 600_000;
const healthyShare = 0.9;
const probeEvery = 100;
/** While failed over, recovery is looked for at least this often, so that quiet brands also go back. */
const probeMs = 45_000;
const goodProbesToReturn = 2;

/** `onSwitch` is told of every change of the host in use. */
export const createHosts = (clock: Clock, onSwitch: (to: Host) => void = () => undefined): Hosts => {
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
        // The backup failing too is no reason to stay there.
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
