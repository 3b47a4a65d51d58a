import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../app';
import { defaults, type Config } from '../config/config';
import { loadConfig } from '../config/load';
import { ConfigError } from '../config/reader';
import type { Example } from '../sandbox/seed';
import { systemClock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { createLog, type Log } from './log';
import { exampleOperations } from './examples';

const usage = `Usage: npm start -- [--config FILE] [--port PORT]

  --config FILE   YAML or JSON configuration; also WECHAT_MEMBER_CONFIG. Without it, a stand-in of WeChat Pay is used.
  --port PORT     port of the GraphQL server (default ${defaults.server.port})`;

/** Starts the server; ends the process with one clear line where it cannot. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const log = createLog();
  try {
    const options = readArguments(argv);
    if (options.help) {
      process.stdout.write(`${usage}\n`);
      return;
    }
    // The one place that hands the environment on; everything else is told by Config.
    // eslint-disable-next-line no-restricted-properties
    const file = options.config ?? process.env.WECHAT_MEMBER_CONFIG;
    const started =
      file === undefined ? await startDemo(options.port, log) : await startReal(file, options.port, log);
    stopOnSignal(started, log);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
    // What was started before the failure must not keep the process alive.
    process.exit();
  }
};

/** Filled by the build. */
const explorerAssets = join(__dirname, '..', 'server', 'explorer', 'assets');

interface Started {
  readonly stop: () => Promise<void>;
}

const startDemo = async (port: number | undefined, log: Log): Promise<Started> => {
  // Loaded on demand: against the real hosts the stand-in is not even read.
  const { startDemo: start } = await import('./demo.js');
  const { sandbox, config } = await start(port ?? defaults.server.port);
  const app = await createApp({
    config,
    clock: systemClock,
    ...log,
    explorer: { assets: explorerAssets, examples: exampleOperations(sandbox.example) },
  });
  const address = `http://${config.server.host}:${await app.start()}/graphql`;
  process.stdout.write(welcome({ address, sandboxUrl: sandbox.url, example: sandbox.example }));
  return {
    async stop() {
      await app.stop();
      await sandbox.close();
    },
  };
};

const startReal = async (file: string, port: number | undefined, log: Log): Promise<Started> => {
  // eslint-disable-next-line no-restricted-properties -- secrets may be named as environment variables by the file
  const loaded = await loadConfig({ file, env: process.env, clock: systemClock });
  const config: Config = port === undefined ? loaded : { ...loaded, server: { ...loaded.server, port } };
  const app = await createApp({
    config,
    clock: systemClock,
    ...log,
    ...(config.server.development ? { explorer: { assets: explorerAssets, examples: [] } } : {}),
  });
  const { host } = config.server;
  process.stdout.write(
    `GraphQL for ${config.wechatPay.brands.length} brand(s) at http://${host}:${await app.start()}/graphql\n` +
      `WeChat Pay at ${config.wechatPay.hosts.main}, backup ${config.wechatPay.hosts.backup}\n`,
  );
  return app;
};

interface Welcome {
  readonly address: string;
  readonly sandboxUrl: string;
  readonly example: Example;
}

const welcome = ({ address, sandboxUrl, example }: Welcome): string => {
  const { brandId, cardId, openid, userCardCode } = example;
  const query =
    `{ userCard(brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}") ` +
    `{ userCardCode level phoneNumberMasked userCardState cardTemplate { cardTitle } brand { name } } }`;
  return `
  Member cards over GraphQL   ${address}   (open it in a browser for the explorer)
  Upstream                    ${sandboxUrl}   a stand-in with made-up data: this is NOT WeChat Pay

  Try:
  curl -s ${address} -H 'content-type: application/json' -d '${JSON.stringify({ query })}'

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
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port))
    throw new ConfigError(['--port must be a number from 0 to 65535']);
  return {
    help: values.help,
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  };
};

/** SIGTERM and Ctrl-C: finish what is under way, exit 0. A second one does not wait. */
const stopOnSignal = ({ stop }: Started, log: Log): void => {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.reportError({ errorId: 'shutdown', error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
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
