import type { Clock } from '../shared/clock';
import type { Host } from '../traffic/calls/call';
import type { AttemptEvent } from '../traffic/calls/hooks';
import { finding, type Finding } from './finding';
import { createSlidingCounts, printCounts, type SlidingCounts } from './sliding-counts';

/** Whether WeChat Pay answers, by the attempts of the last minute. Without attempts nothing is known, so nothing is reported. */
export interface UpstreamWatch {
  readonly attempted: (event: AttemptEvent) => void;
  readonly hostChanged: (to: Host) => void;
  readonly findings: () => readonly Finding[];
}

const windowMs = 60_000;
/** With fewer attempts, their failures say little of the host. */
const minAttempts = 3;
const minShare = 0.5;
/** WeChat Pay's failover guide calls a host with less than 90 % success impaired (partner 4012082567). */
const healthyShare = 0.9;
const minForHealthyShare = 20;
const minRateRefusals = 3;

/** Outcomes of an attempt to which WeChat Pay gave no usable response. */
const failures: ReadonlySet<AttemptEvent['outcome']> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
  'OUTCOME_UNKNOWN',
  'MISCONFIGURED',
  'INTERNAL_SERVER_ERROR',
]);

export const createUpstreamWatch = (clock: Pick<Clock, 'now' | 'wallNow'>): UpstreamWatch => {
  const counts = (): SlidingCounts => createSlidingCounts({ clock, windowMs });
  const answered = counts();
  const failed = { main: counts(), backup: counts() };
  const rateRefused = counts();
  let onBackupSince: number | undefined;

  const failing = (host: Host): readonly Finding[] => {
    const causes = failed[host].totals();
    const lost = sum(causes);
    const good = answered.totals().get(host) ?? 0;
    const all = good + lost;
    if (all < minAttempts) return [];
    if (good / all >= (all < minForHealthyShare ? minShare : healthyShare)) return [];
    return [
      finding(
        'upstream.failing',
        `WeChat Pay answered ${good} of ${all} calls to the ${host} host in the last 60 s (${printCounts(causes)})`,
      ),
    ];
  };

  return {
    attempted({ host, outcome, interface: name, ...facts }) {
      if (outcome === 'left') return;
      if (outcome === 'UPSTREAM_RATE_LIMITED') rateRefused.add(name);
      if (failures.has(outcome)) failed[host].add(causeOf(outcome, facts));
      else answered.add(host);
    },
    hostChanged(to) {
      onBackupSince = to === 'backup' ? clock.wallNow() : undefined;
    },
    findings() {
      const refused = rateRefused.totals();
      return [
        ...failing('main'),
        ...failing('backup'),
        ...(onBackupSince === undefined
          ? []
          : [
              finding(
                'upstream.onBackup',
                `calls go to the backup host since ${new Date(onBackupSince).toISOString()}, because the main host fails`,
              ),
            ]),
        ...(sum(refused) < minRateRefusals
          ? []
          : [
              finding(
                'upstream.rateLimited',
                `WeChat Pay refused ${sum(refused)} calls as too frequent in the last 60 s (${printCounts(refused)})`,
              ),
            ]),
      ];
    },
  };
};

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

/** WeChat Pay's code if it has the form of one: anything may stand in an unsigned response. */
const causeOf = (
  outcome: AttemptEvent['outcome'],
  { wechatCode, status }: Pick<AttemptEvent, 'wechatCode' | 'status'>,
): string => {
  if (wechatCode !== undefined && /^[A-Z][A-Z_]{1,39}$/.test(wechatCode)) return wechatCode;
  if (outcome !== 'UPSTREAM_UNAVAILABLE') return outcome;
  return status === undefined ? 'no response' : `HTTP ${status}`;
};
