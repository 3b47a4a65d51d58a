import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../shared/clock';
import { fileIdentity } from '../shared/file-identity';

/** Notices that files have changed, are there, or are gone. */
export interface FileWatch {
  /** To be called before the file is read: what changes from then on is noticed. Also takes directories. */
  readonly add: (path: string) => void;
  /** Begins to look; changes since `add` count. */
  start(onChange: () => void): void;
  stop(): void;
}

/** Files are polled by name, so that a replaced file or a changed symbolic link is noticed too, ms. */
const lookEveryMs = 500;

export const createFileWatch = (clock: Pick<Clock, 'after'>): FileWatch => {
  const held = new Map<string, string>();
  let cancel = (): void => undefined;
  let isStopped = false;

  const look = async (onChange: () => void): Promise<void> => {
    let hasChanged = false;
    for (const [path, known] of [...held]) {
      const found = await stat(path, { bigint: true }).then(fileIdentity, () => gone);
      if (found === known) continue;
      held.set(path, found);
      hasChanged = true;
    }
    if (isStopped) return;
    if (hasChanged) onChange();
    cancel = clock.after(lookEveryMs, () => void look(onChange));
  };
  return {
    add(path) {
      // fs.watchFile would take as known what it finds a moment later, and miss a change before that.
      if (!held.has(path)) held.set(path, identityNow(path));
    },
    start(onChange) {
      cancel = clock.after(lookEveryMs, () => void look(onChange));
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
};

const gone = 'gone';

const identityNow = (path: string): string => {
  try {
    return fileIdentity(statSync(path, { bigint: true }));
  } catch {
    return gone;
  }
};
