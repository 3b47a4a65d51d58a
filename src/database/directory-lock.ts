import { randomUUID } from 'node:crypto';
import { readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sleep, type Clock } from '../shared/clock';
import { systemCode } from '../shared/system-code';
import { Unusable } from './failure';

/**
 * One process at a time on a directory. The owner counts up in a file every two seconds. A file that does not change for ten seconds
 * belongs to nobody, whatever its owner's clock, host or container. A dead process of this machine is noticed at once.
 */
export interface DirectoryLock {
  /** Throws Unusable `locked` if another process has taken the directory. Cheap while the last beat is recent. */
  check(): Promise<void>;
  release(): Promise<void>;
}

const beatMs = 2_000;
const staleMs = 10_000;
/** A process that was paused for longer looks at the file before it trusts its lock. */
const trustedMs = 5_000;
const fileName = 'owner.lock';

interface Owner {
  /** Of this opening. */
  readonly token: string;
  readonly pid: number;
  /** Processes with the same place can see each other's pids. */
  readonly place: string;
  readonly beat: number;
}

export interface DirectoryLockOptions {
  readonly directory: string;
  readonly clock: Clock;
}

/** Rejects with Unusable `locked` after ten seconds if a living process has the directory. */
export const lockDirectory = async ({ directory, clock }: DirectoryLockOptions): Promise<DirectoryLock> => {
  const file = join(directory, fileName);
  const token = randomUUID();
  const place = await placeOf();
  let beat = 0;
  let beatAt = clock.now();
  let isReleased = false;
  let cancel = (): void => undefined;

  const own = (): string => JSON.stringify({ token, pid: process.pid, place, beat } satisfies Owner);
  const isOwn = async (): Promise<boolean> => parse(await read(file))?.token === token;
  const check = async (): Promise<void> => {
    if (clock.now() - beatAt < trustedMs) return;
    if (!(await isOwn())) throw new Unusable('locked');
    await writeNext();
  };
  const write = async (): Promise<void> => {
    beat += 1;
    const next = `${file}.${token}`;
    await writeFile(next, own(), { mode: 0o600 });
    await rename(next, file);
    beatAt = clock.now();
  };
  // A beat and statements that check at the same time have one file to write.
  let writing: Promise<void> | undefined;
  const writeNext = (): Promise<void> =>
    (writing ??= write().finally(() => {
      writing = undefined;
    }));
  const schedule = (): void => {
    cancel = clock.after(beatMs, () => {
      const again = async (): Promise<void> => {
        if (!isReleased && (await isOwn())) await writeNext();
      };
      // A full disk: the lock ends unless a later beat succeeds, and `check` notices.
      again()
        .catch(() => undefined)
        .finally(() => {
          if (!isReleased) schedule();
        });
    });
  };

  await take(file, { clock, place, own });
  schedule();
  return {
    check,
    async release() {
      isReleased = true;
      cancel();
      if (await isOwn()) await rm(file, { force: true });
    },
  };
};

const take = async (
  file: string,
  { clock, place, own }: { readonly clock: Clock; readonly place: string; readonly own: () => string },
): Promise<void> => {
  let seen: string | undefined;
  let seenAt = clock.now();
  for (;;) {
    if (await created(file, own())) return;
    const text = await read(file);
    if (text === undefined) continue;
    if (text !== seen) {
      // It moved while we watched: somebody lives.
      if (seen !== undefined) throw new Unusable('locked');
      seen = text;
      seenAt = clock.now();
    }
    if (isDead(parse(text), place) || clock.now() - seenAt >= staleMs) await discard(file, text);
    else await sleep(clock, 250);
  }
};

/** Only the file that was judged is removed: another process may have replaced it meanwhile. */
const discard = async (file: string, judged: string): Promise<void> => {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await read(aside)) !== judged) await rename(aside, file);
  else await rm(aside, { force: true });
};

const created = async (file: string, text: string): Promise<boolean> => {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
};

const read = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const parse = (text: string | undefined): Partial<Owner> | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Half written by a process that was killed.
    return undefined;
  }
};

const isDead = (owner: Partial<Owner> | undefined, place: string): boolean => {
  if (owner?.pid === undefined || owner.place !== place) return false;
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
};

/** The host, and on Linux the namespace of process ids: containers of one host do not see each other's. */
const placeOf = async (): Promise<string> => {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${namespace}`;
};
