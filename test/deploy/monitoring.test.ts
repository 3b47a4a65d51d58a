import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createMetrics } from '../../src/metrics/metrics';
import { findingKinds } from '../../src/operating/finding-kinds';
import { compose, deployFolder } from '../support/manifests';
import { anchorsOf } from '../support/anchors';
import { itWithPromtool, promtool } from '../support/promtool';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const read = (name: string): string => readFileSync(join(deployFolder, name), 'utf8');
const alertTests = join(__dirname, 'alerts.test.yaml');
const rules = (
  parse(read('alerts.yaml')) as { groups: readonly { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('grafana.json')) as { readonly panels: readonly Panel[] };
const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Metrics of Prometheus itself. */
const ofPrometheus = new Set(['up']);
/** Metrics of the process that Node's client library emits beside ours; the dashboard shows the four that matter. */
const isOurs = (name: string): boolean => name.startsWith('membercard_');

/** Names of metrics, as the server writes them. */
const emitted = async (): Promise<ReadonlySet<string>> => {
  const metrics = createMetrics({
    expiries: () => [],
    skewMs: () => undefined,
    budgetUsed: () => [],
    findings: () => [],
    ofProcess: true,
  });
  const { text } = await metrics.scrape();
  return new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name));
};

/** Names of metrics in an expression, without what a histogram appends. */
const namesIn = (expr: string): readonly string[] =>
  [...expr.matchAll(/\b(up|membercard_\w+|nodejs_\w+|process_\w+)\b/g)].map(([, name = '']) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  );
const unknownIn = (exprs: readonly string[], names: ReadonlySet<string>): readonly string[] =>
  exprs.flatMap(namesIn).filter((name) => !names.has(name) && !ofPrometheus.has(name));

describe('the alerts', () => {
  itWithPromtool('are rules that Prometheus accepts, in a configuration that names them', () => {
    expect(promtool('check', 'config', join(deployFolder, 'prometheus.yml'))).toContain(
      `${rules.length} rules found`,
    );
  });

  itWithPromtool('are raised by what they are about, and by nothing else', () => {
    expect(promtool('test', 'rules', alertTests)).toContain('SUCCESS');
  });

  it('have a unit test each, with metrics that raise them and some that do not', () => {
    const { tests } = parse(readFileSync(alertTests, 'utf8')) as {
      readonly tests: readonly {
        readonly alert_rule_test: readonly {
          readonly alertname: string;
          readonly exp_alerts: readonly unknown[];
        }[];
      }[];
    };
    const cases = tests.flatMap(({ alert_rule_test: all }) => all);
    for (const { alert } of rules) {
      const own = cases.filter(({ alertname }) => alertname === alert).map((one) => one.exp_alerts.length);
      expect([alert, own.toSorted()]).toEqual([alert, [0, 1]]);
    }
  });

  it('ask for metrics that the server emits, and for findings that there are', async () => {
    const exprs = rules.map(({ expr }) => expr);
    expect(unknownIn(exprs, await emitted())).toEqual([]);
    const codes = exprs.flatMap((expr) => [...expr.matchAll(/membercard_findings\{code="([^"]+)"/g)]);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.map(([, code = '']) => code).filter((code) => !(code in findingKinds))).toEqual([]);
  });

  it.each(['README.md', 'README.zh-CN.md'])(
    'lead to a section of the runbook in %s, and all of it is used',
    (file) => {
      const anchors = anchorsOf(read(file));
      const linked = rules.map(({ annotations: { runbook } }) => runbook.replace(/^deploy\/README\.md#/, ''));
      expect(linked.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
      const [, runbook = ''] = read(file).split(/^## (?:Incidents by symptom|按现象处理故障)$/m);
      const [part = ''] = runbook.split(/^## /m);
      const sections =
        file === 'README.md'
          ? anchorsOf(part)
          : [...part.matchAll(/^<a id="([\w-]+)"><\/a>$/gm)].map(([, id]) => id);
      expect(sections.toSorted()).toEqual([...new Set(linked)].toSorted());
    },
  );

  it.each(['README.md', 'README.zh-CN.md'])('and the runbook of %s knows every finding', (file) => {
    const text = read(file);
    expect(Object.keys(findingKinds).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('asks for metrics that the server emits', async () => {
    expect(shown.length).toBeGreaterThan(20);
    expect(unknownIn(shown, await emitted())).toEqual([]);
  });

  it('shows every metric of the server', async () => {
    const names = new Set(shown.flatMap(namesIn));
    expect([...(await emitted())].filter((name) => isOurs(name) && !names.has(name))).toEqual([]);
  });

  itWithPromtool('has expressions that Prometheus can parse', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const file = join(directory, 'rules.yaml');
    const recorded = shown.map((expr, index) => ({
      record: `panel:${index}`,
      expr: expr.replaceAll('$instance', '.*'),
    }));
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] }));
    expect(promtool('check', 'rules', file)).toContain(`${shown.length} rules found`);
    rmSync(directory, { recursive: true });
  });

  it('is provisioned by Compose, on this machine only and without a password', () => {
    const { grafana, prometheus } = compose().services;
    expect(grafana?.ports).toEqual(['127.0.0.1:3000:3000']);
    expect(grafana?.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    });
    const [, dashboard = ''] = grafana?.volumes ?? [];
    const provider = parse(read('grafana/provisioning/dashboards/files.yaml')) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[];
    };
    const [first] = provider.providers;
    expect(dashboard.startsWith(`./grafana.json:${first?.options.path ?? 'none'}/`)).toBe(true);
    expect(prometheus?.volumes).toContain('./alerts.yaml:/etc/prometheus/alerts.yaml:ro');
  });
});
