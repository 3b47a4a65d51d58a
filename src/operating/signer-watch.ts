import type { Clock } from '../shared/clock';
import type { SignerEvent } from '../wechatpay/signer/remote-signer';
import { finding, type Finding } from './finding';
import { createSlidingCounts, printCounts, type SlidingCounts } from './sliding-counts';

/** Whether the processes that hold private keys do their work, by the requests of the last minute. */
export interface SignerWatch {
  readonly asked: (event: Pick<SignerEvent, 'key' | 'outcome' | 'result'>) => void;
  readonly findings: () => readonly Finding[];
}

const windowMs = 60_000;
/** A signer is inside the deployment: more failures than this are no accident. */
const healthyShare = 0.9;

interface Requests {
  readonly done: SlidingCounts;
  readonly failed: SlidingCounts;
}

export const createSignerWatch = (clock: Pick<Clock, 'now'>): SignerWatch => {
  // One for each configured key.
  const byKey = new Map<string, Requests>();
  const requestsOf = (key: string): Requests => {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const counts = (): SlidingCounts => createSlidingCounts({ clock, windowMs });
    const requests = { done: counts(), failed: counts() };
    byKey.set(key, requests);
    return requests;
  };
  return {
    asked({ key, outcome, result }) {
      const { done, failed } = requestsOf(key);
      // What a key does not decrypt was encrypted for another one.
      if (outcome === 'done' || outcome === 'declined') done.add('done');
      else failed.add(result);
    },
    findings: () =>
      [...byKey].flatMap(([key, requests]) => {
        const causes = requests.failed.totals();
        const lost = [...causes.values()].reduce((total, count) => total + count, 0);
        const all = lost + (requests.done.totals().get('done') ?? 0);
        if (lost === 0 || (all - lost) / all >= healthyShare) return [];
        return [
          finding(
            'signer.failing',
            `the signer of ${key} did ${all - lost} of ${all} requests in the last 60 s (${printCounts(causes)})`,
          ),
        ];
      }),
  };
};
