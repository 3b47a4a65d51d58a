import { createApp, type App } from '../../src/app/app';
import { createFileWatch } from '../../src/cli/file-watch';
import { startReloading, type Reloading } from '../../src/cli/reload';
import { defaults, type Config } from '../../src/config/config';
import { loadConfig } from '../../src/config/load';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';
import { systemClock } from '../../src/shared/clock';
import { configFile, type ConfigFile } from './config-on-disk';

/** The real application with a real sandbox and a configuration on disk that it watches. */
export interface ReloadingApp {
  readonly sandbox: Sandbox;
  readonly file: ConfigFile;
  readonly app: App;
  readonly reloading: Reloading;
  /** The changes of each reload, in order. */
  readonly applied: (readonly string[])[];
  /** The reason of each refused reload. */
  readonly refused: (readonly string[])[];
  /** The number of calls so far, those that the cache served included. */
  calls(): number;
  load(): Promise<Config>;
  /** Where WeChat Pay delivers notifications. */
  readonly notifyUrl: string;
  ask(query: string, headers?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** `prepare` may add files beside the configuration and rewrite it before the start. */
export const reloadingApp = async (
  prepare: (file: ConfigFile) => void = () => undefined,
  options: SandboxOptions = {},
): Promise<ReloadingApp> => {
  const sandbox = await startSandbox({ membersPerBrand: 60, ...options });
  const file = configFile(sandbox);
  prepare(file);
  const applied: (readonly string[])[] = [];
  const refused: (readonly string[])[] = [];
  let calls = 0;
  const watch = createFileWatch(systemClock);
  const load = (onRead: (path: string) => void) =>
    loadConfig({ file: file.path, env: {}, clock: systemClock, onRead });
  const app = await createApp({
    config: await load(watch.add),
    clock: systemClock,
    observeCall: () => (calls += 1),
    observeNotification: () => undefined,
    observeConfirm: () => undefined,
    reportError: () => undefined,
  });
  const origin = `http://127.0.0.1:${await app.start()}`;
  const url = `${origin}/graphql`;
  const reloading = startReloading({
    app,
    load,
    watch,
    clock: systemClock,
    log: {
      reloaded: (sections) => applied.push(sections),
      notReloaded: (problems) => refused.push(problems),
    },
  });
  return {
    sandbox,
    file,
    app,
    reloading,
    applied,
    refused,
    notifyUrl: origin + defaults.notifications.path,
    calls: () => calls,
    load: () => load(() => undefined),
    async ask(query, headers = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return response.text();
    },
    async close() {
      reloading.stop();
      await app.stop();
      await sandbox.close();
      file.remove();
    },
  };
};

export const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo(); waited += 50) {
    if (waited > 10_000) throw new Error('it did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
