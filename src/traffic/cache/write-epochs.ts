import type { Clock } from '../../shared/clock';
import { keepMostRecent } from '../../shared/most-recent';

/**
 * Orders reads against writes. Every subject has a write epoch, and an entry carries the epoch under which it was read. The
 * entry is valid only while the subject has no newer epoch, so a slow, older read may be stored at any time and is never
 * served. Epochs are microseconds of time, so they keep growing after the store loses its data.
 */
export interface WriteEpochs {
  /**
   * `seen`: an epoch the caller already knows, such as that of its own write in another process. Older entries are then
   * invalid.
   */
  read(subject: string, seen?: number): Promise<SubjectState>;
  /** What `read` would return, without I/O; `undefined` if it would have to ask the store. */
  peek(subject: string): SubjectState | undefined;
  /**
   * Called before a write is sent: invalidates everything read so far. Returns the epoch to pass to `commit`. Without a
   * subject it returns the current time only.
   */
  begin(subject: string | undefined): Promise<number>;
  /**
   * Called after the write succeeded. `alone`: no other write to the subject began or ended after `since`, none is open, and
   * none has an unknown outcome and could still take effect after this one.
   */
  commit(subject: string, since: number): Promise<{ readonly epoch: number; readonly alone: boolean }>;
  /** Called if the write certainly did not happen. */
  abort(subject: string): Promise<void>;
  /** Called if the outcome is unknown: invalidates everything and stops caching for 20 s. Returns the epoch. */
  markUnknown(subject: string): Promise<number>;
}

export interface SubjectState {
  /** 0 if no write is remembered. */
  readonly epoch: number;
  /** False while a write is open or has an unknown outcome: a read may be from before or after it, and is not cached. */
  readonly settled: boolean;
  /** Writes before this epoch may have been forgotten, so an entry with an older epoch may be outdated. */
  readonly floor: number;
  /** False if the shared store is unavailable: another process may have written meanwhile. */
  readonly sure: boolean;
}

/** A write that never ends, because its process died, counts as open for this long, ms. */
export const openWriteMs = 30_000;
/** How long an unknown outcome prevents caching, ms: twice the longest upstream call. */
export const unknownOutcomeMs = 20_000;
/** How long an epoch is remembered, ms: longer than any entry lives. */
export const epochLifeMs = 48 * 3_600_000;

const maxSubjects = 200_000;

interface SubjectMemory {
  epoch: number;
  open: number;
  openUntil: number;
  unknownUntil: number;
}

/** The write epochs of one process. `raise` raises an epoch to one learned from elsewhere. */
export interface MemoryWriteEpochs extends WriteEpochs {
  peek(subject: string, seen?: number): SubjectState;
  raise(subject: string, epoch: number): void;
  /** How long the subject stays unsettled, ms; 0 if it is settled. */
  unsettledMs(subject: string): number;
}

export const createMemoryWriteEpochs = (clock: Clock): MemoryWriteEpochs => {
  const subjects = keepMostRecent<SubjectMemory>(maxSubjects);
  let newest = 0;

  const next = (): number => {
    newest = Math.max(newest + 1, clock.now() * 1_000);
    return newest;
  };
  const memoryOf = (subject: string): SubjectMemory => {
    const known = subjects.get(subject);
    if (known !== undefined) return known;
    const fresh = { epoch: 0, open: 0, openUntil: 0, unknownUntil: 0 };
    subjects.set(subject, fresh);
    return fresh;
  };
  const close = (memory: SubjectMemory): void => {
    memory.open = Math.max(0, memory.open - 1);
  };
  const unsettledUntil = ({ open, openUntil, unknownUntil }: SubjectMemory): number =>
    Math.max(open > 0 ? openUntil : 0, unknownUntil);

  const peek = (subject: string, seen = 0): SubjectState => {
    const memory = subjects.get(subject);
    const epoch = memory?.epoch ?? 0;
    return {
      epoch: Math.max(epoch, seen),
      settled: epoch >= seen && (memory === undefined || clock.now() >= unsettledUntil(memory)),
      floor: 0,
      sure: true,
    };
  };

  return {
    peek,
    read: (subject, seen) => Promise.resolve(peek(subject, seen)),
    begin(subject) {
      const epoch = next();
      if (subject === undefined) return Promise.resolve(epoch);
      const memory = memoryOf(subject);
      if (clock.now() >= memory.openUntil) memory.open = 0;
      memory.epoch = epoch;
      memory.open += 1;
      memory.openUntil = clock.now() + openWriteMs;
      return Promise.resolve(epoch);
    },
    commit(subject, since) {
      const memory = memoryOf(subject);
      const isNewest = memory.epoch <= since;
      memory.epoch = next();
      close(memory);
      const alone = isNewest && clock.now() >= unsettledUntil(memory);
      return Promise.resolve({ epoch: memory.epoch, alone });
    },
    abort(subject) {
      close(memoryOf(subject));
      return Promise.resolve();
    },
    markUnknown(subject) {
      const memory = memoryOf(subject);
      memory.epoch = next();
      close(memory);
      memory.unknownUntil = clock.now() + unknownOutcomeMs;
      return Promise.resolve(memory.epoch);
    },
    raise(subject, epoch) {
      const memory = memoryOf(subject);
      memory.epoch = Math.max(memory.epoch, epoch);
      newest = Math.max(newest, epoch);
    },
    unsettledMs(subject) {
      const memory = subjects.get(subject);
      return memory === undefined ? 0 : Math.max(0, unsettledUntil(memory) - clock.now());
    },
  };
};
