import { unwatchFile, watchFile } from 'node:fs';
import type { App } from '../app/app';
import type { Config } from '../config/config';
import { problemsOf } from '../app/reload';
import type { Clock } from '../shared/clock';
import type { Log } from './log';

export interface ReloadingDeps {
  readonly app: Pick<App, 'reload'>;
  /** Reads the configuration; tells each file that it read. */
  readonly load: (onRead: (path: string) => void) => Promise<Config>;
  /** The files that were read at the start. */
  readonly files: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'reloaded' | 'notReloaded'>;
}

export interface Reloading {
  /** Reads at once, as on SIGHUP. */
  now(): Promise<void>;
  stop(): void;
}

/** Asked for by name, so that a replaced file or a symbolic link to another one is noticed as well. */
const lookEveryMs = 500;
/** A change of several files comes in pieces; this long after the last one it is taken as a whole. */
const settleMs = 300;

/** Takes up a changed configuration while the server runs: whenever one of its files changes, and on demand. */
export const startReloading = ({ app, load, files, clock, log }: ReloadingDeps): Reloading => {
  const watched = new Set<string>();
  let cancel: () => void = () => undefined;
  let underway: Promise<void> = Promise.resolve();

  const watch = (paths: ReadonlySet<string>): void => {
    for (const path of paths) {
      if (watched.has(path)) continue;
      watched.add(path);
      watchFile(path, { interval: lookEveryMs, persistent: false }, () => {
        cancel();
        cancel = clock.after(settleMs, () => void now());
      });
    }
  };

  const reload = async (): Promise<void> => {
    const read = new Set<string>();
    try {
      const { applied, atNextStart } = await app.reload(() => load((path) => read.add(path)));
      log.reloaded(applied, atNextStart);
    } catch (error) {
      log.notReloaded(problemsOf(error));
    }
    // Also after a refusal: the file that is wrong may be a new one.
    watch(read);
  };
  /** One at a time: a change during a reading is read after it. */
  const now = (): Promise<void> => {
    underway = underway.then(reload);
    return underway;
  };

  watch(files);
  return {
    now,
    stop() {
      cancel();
      for (const path of watched) unwatchFile(path);
    },
  };
};
