import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const deployFolder = join(__dirname, '..', '..', 'deploy');

const read = (name: string): string => readFileSync(join(deployFolder, name), 'utf8');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
}

export interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly unknown[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
  }[];
}

type Labels = Readonly<Record<string, string>>;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly minAvailable?: number;
    readonly accessModes?: readonly string[];
    readonly selector?: Labels & { readonly matchLabels?: Labels };
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly template?: {
      readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: Readonly<Record<string, unknown>>;
        readonly containers: readonly [Container];
        readonly volumes: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
      };
    };
  };
}

/** Every document below `deploy/kubernetes`. Throws if one is not YAML. */
export const manifests = (): readonly Manifest[] =>
  readdirSync(join(deployFolder, 'kubernetes'))
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(read(join('kubernetes', name))))
    .map((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) throw new Error(problem.message);
      return document.toJS() as Manifest;
    });

export const manifest = (kind: string): Manifest => {
  const found = manifests().filter((one) => one.kind === kind);
  if (found[0] === undefined || found.length > 1)
    throw new Error(`${String(found.length)} of the kind ${kind}`);
  return found[0];
};

/** The pod that the Deployment makes. */
export const podTemplate = () => {
  const { template } = manifest('Deployment').spec;
  if (template === undefined) throw new Error('the Deployment has no template');
  return template;
};

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly volumes?: readonly string[];
        readonly ports?: readonly string[];
        readonly read_only?: boolean;
        readonly stop_grace_period?: string;
        readonly command?: readonly string[];
        readonly environment?: Readonly<Record<string, string>>;
        readonly depends_on?: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

/** As Compose reads it: with its anchors merged. */
export const compose = (): Compose => parse(read('compose.yaml'), { merge: true }) as Compose;

interface Prometheus {
  readonly global: Readonly<Record<string, string>>;
  readonly scrape_configs: readonly {
    readonly metrics_path: string;
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}

export const prometheus = (): Prometheus => parse(read('prometheus.yml')) as Prometheus;

/** The settings of the systemd unit; a name that occurs twice keeps its last value. */
export const unit = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    read('member-card-graphql.service')
      .split('\n')
      .filter((line) => /^[A-Z]\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
