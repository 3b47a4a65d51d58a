/** What operators are told: findings of readiness, the ledger of the budget, metrics, dashboard and alerts. */
const watch = 'test/operating/upstream-watch.test.ts';
const budget = 'test/operating/budget-watch.test.ts';
const ledger = 'test/operating/budget-ledger.test.ts';

export const operatingGuards = [
  {
    name: 'operating: a host that does not answer',
    file: 'src/operating/upstream-watch.ts',
    find: 'if (failures.has(outcome)) failed[host].add(causeOf(outcome, facts));',
    replace: "if (outcome === 'INTERNAL_SERVER_ERROR') failed[host].add(causeOf(outcome, facts));",
    tests: [watch],
  },
  {
    name: 'operating: only codes of WeChat Pay are shown',
    file: 'src/operating/upstream-watch.ts',
    find: 'if (wechatCode !== undefined && /^[A-Z][A-Z_]{1,39}$/.test(wechatCode)) return wechatCode;',
    replace: 'if (wechatCode !== undefined) return wechatCode;',
    tests: [watch],
  },
  {
    name: 'operating: few keys in a slice',
    file: 'src/operating/sliding-counts.ts',
    find: 'counts.has(key) || counts.size < maxKeys ? key : others',
    replace: 'key',
    tests: [watch],
  },
  {
    name: 'operating: five whole minutes',
    file: 'src/operating/budget-watch.ts',
    find: 'if (all.length < minutes || ',
    replace: 'if (',
    tests: [budget],
  },
  {
    name: 'operating: the share of a fleet',
    file: 'src/operating/budget-watch.ts',
    find: 'least < nearly / sharing) continue;',
    replace: 'least < nearly) continue;',
    tests: [budget],
  },
  {
    name: 'operating: callers of a past minute are bounded',
    file: 'src/operating/budget-ledger.ts',
    find: 'if (perCaller.size <= callersKept) return;',
    replace: 'if (perCaller.size > 0) return;',
    tests: [ledger],
  },
  {
    name: 'operating: the ledger says from when on it is complete',
    file: 'src/operating/budget-ledger.ts',
    find: 'completeFrom = Math.max(completeFrom, (dropped.number + 1) * sliceMs);',
    replace: '',
    tests: [ledger],
  },
  {
    name: 'operating: the ledger is bounded in total',
    file: 'src/operating/budget-ledger.ts',
    find: ' || entries > maxEntries)',
    replace: ')',
    tests: [ledger],
  },
  {
    name: 'operating: budgetUse is for administrators',
    file: 'src/graphql/types/budget-use/budget-use.resolver.ts',
    find: "@Access('admin')",
    replace: "@Access('read')",
    tests: ['test/graphql/types/budget-use/budget-use.test.ts'],
  },
  {
    name: 'operating: some refused credentials are told too',
    file: 'src/wechatpay/accounts/credential-states.ts',
    find: 'if (first === undefined) return [];',
    replace: 'if (refused.length < ids[route].length || first === undefined) return [];',
    tests: ['test/app/dependency-findings.test.ts'],
  },
  {
    name: 'metrics: errors begin at 0',
    file: 'src/metrics/operation-metrics.ts',
    find: 'for (const code of Object.keys(publicText)) errors.inc({ code }, 0);',
    replace: '',
    tests: ['test/metrics/metrics.test.ts'],
    only: 'show at 0',
  },
  {
    name: 'metrics: open streams',
    file: 'src/app/graphql-doors.ts',
    find: '    onCount: observability.metrics.streamsOpen,\n',
    replace: '',
    tests: ['test/metrics/metrics.test.ts'],
    only: 'streams that are open',
  },
  {
    name: 'dashboard: every metric is shown',
    file: 'deploy/grafana.json',
    find: 'membercard_streams_open{',
    replace: 'membercard_stream_open{',
    tests: ['test/deploy/monitoring.test.ts'],
    only: 'the dashboard',
  },
  {
    name: 'alerts: each is raised by what it is about',
    file: 'deploy/alerts.yaml',
    find: 'membercard_store_up == 0',
    replace: 'membercard_store_up == 2',
    tests: ['test/deploy/monitoring.test.ts'],
    only: 'are raised by',
  },
];
