import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../app/app';
import { defaults, type Config } from '../config/config';
import { exposedFiles } from '../config/file-rights';
import { loadConfig } from '../config/load';
import { ConfigError } from '../config/reader';
import type { ExampleCall } from '../sandbox/example-calls';
import type { Example } from '../sandbox/seed';
import { systemClock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { endOnSignal, npmParent } from './end-on-signal';
import { createFileWatch } from './file-watch';
import { createLog, type Log } from './log';
import { startReloading } from './reload';
import { reviewedOperations } from './reviewed-operations';
import { simulationOf } from './simulation';
import { defined } from '../shared/defined';

const usage = `Usage: npm start -- [--config FILE] [--port PORT]

  --config FILE   YAML or JSON configuration; also WECHAT_MEMBER_CONFIG. Default: run against the built-in sandbox.
  --port PORT     port of the GraphQL server (default ${defaults.server.port})`;

/** Starts the server. If it cannot, prints one clear message and ends the process. */
export const run = async (argv: readonly string[]): Promise<void> => {
  // If the reader of the output ends, as `| head` does, the server must continue.
  process.stdout.on('error', () => undefined);
  const log = createLog();
  let started: Started | undefined;
  // First, because a container's main process ignores signals without a listener, and npm may end meanwhile.
  endOnSignal({
    async stop() {
      await started?.stop();
      await log.written();
    },
    onError(error) {
      log.reportError({ errorId: 'shutdown', error });
    },
    clock: systemClock,
    // eslint-disable-next-line no-restricted-properties -- how npm names the script that it runs
    parent: npmParent(process.env, 'start'),
  });
  try {
    const options = readArguments(argv);
    if (options.help) {
      process.stdout.write(`${usage}\n`);
      return;
    }
    // The only place that reads the environment; everything else gets a Config.
    // eslint-disable-next-line no-restricted-properties
    const file = options.config ?? process.env.WECHAT_MEMBER_CONFIG;
    if (file === '')
      throw new ConfigError(['WECHAT_MEMBER_CONFIG is set but empty: write the path of a file, or unset it']);
    started =
      file === undefined ? await startDemo(options.port, log) : await startReal(file, options.port, log);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
    // Whatever was started before the failure must not keep the process alive.
    process.exit();
  }
};

/** Filled by the build. */
const explorerAssets = join(__dirname, '..', 'server', 'explorer', 'assets');
const consoleAssets = join(__dirname, '..', 'console');

interface Started {
  readonly stop: () => Promise<void>;
}

const startDemo = async (port: number | undefined, log: Log): Promise<Started> => {
  // Loaded on demand, so that a server with real hosts does not load the sandbox.
  const { startDemo: start } = await import('./demo.js');
  const { sandbox, config, calls, route, close } = await start(port ?? defaults.server.port);
  const app = await createApp({
    config,
    clock: systemClock,
    ...log,
    onUnknownDocument: onlyFirst(log.onUnknownDocument),
    explorer: {
      assets: explorerAssets,
      operations: reviewedOperations(),
      openCard() {
        const { brandId, cardId } = sandbox.example;
        const { openid, userCardCode } = sandbox.users.open({ brandId, cardId, route });
        return { brandId, openid, userCardCode };
      },
    },
    console: {
      assets: consoleAssets,
      simulation: simulationOf(
        sandbox,
        (brandId) => config.wechatPay.brands.find((brand) => brand.brandId === brandId)?.route,
      ),
    },
  });
  const origin = `http://${config.server.host}:${await app.start()}`;
  const address = `${origin}${config.http.basePath}/graphql`;
  sandbox.deliveries.deliverTo(origin + config.notifications.path);
  process.stdout.write(
    welcome({
      address,
      sandboxUrl: sandbox.url,
      example: sandbox.example,
      calls,
    }),
  );
  return {
    async stop() {
      await app.stop();
      await close();
    },
  };
};

/** Nearly every document that a reader of the demo tries is outside the manifest: a line for each would hide the others. */
const onlyFirst = (tell: (hash: string) => void): ((hash: string) => void) => {
  let isTold = false;
  return (hash) => {
    if (!isTold) tell(hash);
    isTold = true;
  };
};

const startReal = async (file: string, port: number | undefined, log: Log): Promise<Started> => {
  const load = async (onRead: (path: string) => void): Promise<Config> => {
    // eslint-disable-next-line no-restricted-properties -- secrets may be named as environment variables by the file
    const loaded = await loadConfig({ file, env: process.env, clock: systemClock, onRead });
    return port === undefined ? loaded : { ...loaded, server: { ...loaded.server, port } };
  };
  const onReloadSignal = reloadOnSignal();
  const watch = createFileWatch(systemClock);
  const config = await load(watch.add);
  for (const exposed of exposedFiles(config.files)) log.exposedFile(exposed);
  const app = await createApp({
    config,
    clock: systemClock,
    ...log,
    ...(config.server.development
      ? { explorer: { assets: explorerAssets, operations: reviewedOperations() } }
      : {}),
    console: { assets: consoleAssets },
  });
  const { host } = config.server;
  process.stdout.write(
    `GraphQL for ${config.wechatPay.brands.length} brand(s) at http://${host}:${await app.start()}${config.http.basePath}/graphql\n` +
      `WeChat Pay at ${config.wechatPay.hosts.main}, backup ${config.wechatPay.hosts.backup}\n`,
  );
  const operatorsPort = app.operatorsPort();
  if (config.metrics !== undefined && operatorsPort !== undefined)
    process.stdout.write(`Metrics at http://${config.metrics.host}:${operatorsPort}/metrics\n`);
  const reloading = startReloading({ app, load, watch, clock: systemClock, log });
  onReloadSignal(() => void reloading.now());
  return {
    async stop() {
      reloading.stop();
      await app.stop();
    },
  };
};

/**
 * Listens to SIGHUP before anything else, and never stops: without a listener, the signal ends the process at once. A signal that
 * arrives during the start is answered after it.
 */
const reloadOnSignal = (): ((reload: () => void) => void) => {
  let isAsked = false;
  let reload = (): void => {
    isAsked = true;
  };
  process.on('SIGHUP', () => {
    reload();
  });
  return (use) => {
    reload = use;
    if (isAsked) reload();
  };
};

interface Welcome {
  readonly address: string;
  readonly sandboxUrl: string;
  readonly example: Example;
  readonly calls: readonly ExampleCall[];
}

const welcome = ({ address, sandboxUrl, example, calls }: Welcome): string => {
  const { brandId, cardId, openid, userCardCode } = example;
  const query =
    `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }) ` +
    `{ userCardCode level phoneNumberMasked userCardState cardTemplate { cardTitle } brand { name } } }`;
  return `
  Member cards over GraphQL   ${address}   (open it in a browser for the explorer)
  Console                     ${address.replace(/graphql$/, 'console')}   (pages for people who look after members)
  Upstream                    ${sandboxUrl}   a sandbox with made-up data: this is NOT WeChat Pay

  Try:
  curl -s ${address} -H 'content-type: application/json' -d '${JSON.stringify({ query })}'

  Let something happen at the sandbox; userCardEvents reports it (POST ${address}/stream, or the explorer):
${calls.map(({ does, command }) => `  ${does}:\n  ${command}\n`).join('')}
  Ctrl-C stops both. To go live: README.md, "Going live".
`;
};

const readArguments = (argv: readonly string[]) => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.config === '') throw new ConfigError(['--config must be the path of a file']);
  if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65_535))
    throw new ConfigError(['--port must be a number from 0 to 65535']);
  return {
    help: values.help,
    ...defined({ config: values.config }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  };
};

const explain = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return `Cannot start: ${error.message}.`;
  if (!(error instanceof Error)) return 'Cannot start.';
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `Port ${String(error.port)} is taken: stop what uses it, or choose another with --port.`;
  if ('code' in error && error.code === 'EACCES')
    return 'The port may not be used by this user: choose one above 1023 with --port.';
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return `${error.message}\n\n${usage}`;
  return `Cannot start: ${error.message}`;
};
