import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployFolder } from './manifests';
import { promtool } from './promtool';

/** What Prometheus got from a process; `undefined` if it got nothing. */
export type Scrape = string | undefined;

const labels = 'job="member-card-graphql",instance="a"';

/** Every series with its value, as Prometheus stores it. */
const seriesIn = (scrape: Scrape): ReadonlyMap<string, string> => {
  const found = new Map([[`up{${labels}}`, scrape === undefined ? '0' : '1']]);
  for (const line of (scrape ?? '').split('\n')) {
    const [, name, own = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !/^-?[\d.]+$/.test(value)) continue;
    found.set(`${name}{${own === '' ? '' : `${own},`}${labels}}`, value);
  }
  return found;
};

/**
 * Whether the alert fires a minute after the first scrape, if the others follow at 15 s each: Prometheus as deploy/prometheus.yml sets
 * it up, in its own virtual time.
 */
export const firesWithinAMinute = (
  alert: string,
  scrapes: readonly [before: Scrape, after: Scrape],
): boolean => {
  const [before, after] = scrapes.map(seriesIn) as [ReadonlyMap<string, string>, ReadonlyMap<string, string>];
  const names = new Set([...before.keys(), ...after.keys()]);
  const input = [...names].map((series) => ({
    series,
    values: [before.get(series) ?? '_', ...Array.from({ length: 4 }, () => after.get(series) ?? '_')].join(
      ' ',
    ),
  }));
  const directory = mkdtempSync(join(tmpdir(), 'alerts-'));
  const file = join(directory, 'test.yaml');
  const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0`;
  const test = {
    rule_files: [join(deployFolder, 'alerts.yaml')],
    evaluation_interval: '15s',
    tests: [
      {
        interval: '15s',
        input_series: input,
        promql_expr_test: [{ expr, eval_time: '60s', exp_samples: [{ labels: '{}', value: 1 }] }],
      },
    ],
  };
  try {
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(test));
    promtool('test', 'rules', file);
    return true;
  } catch (error) {
    // Without the alert there is no sample; any other fault is one of this test.
    if (String(error).includes('got:[]') || /got:\s*nil/.test(String(error))) return false;
    throw error;
  } finally {
    rmSync(directory, { recursive: true });
  }
};
