import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';

/**
 * Orders reads against writes. Every subject has an epoch; an entry carries the epoch under which it was read and is
 * valid only while the subject has no newer one, so a slow, older read can be stored at any time and is never served.
 * Epochs grow with time (microseconds), so that they keep growing after a store lost its memory.
 */
export interface Register {
  read(subject: string): Promise<SubjectState>;
  /**
   * Before a write is sent: outdates everything read so far. The answer is what `commit` compares with. Without a subject
   * it is only a point in time.
   */
  begin(subject: string | undefined): Promise<number>;
  /** After the write succeeded. `alone`: no other write to the subject began or ended since `since`. */
  commit(subject: string, since: number): Promise<{ readonly epoch: number; readonly alone: boolean }>;
  /** After the write certainly did not happen. */
  abandon(subject: string): Promise<void>;
  /** After nobody knows: outdates everything and lets nothing be kept until it must have settled. */
  doubt(subject: string): Promise<void>;
}

export interface SubjectState {
  /** 0 where no write is remembered. */
  readonly epoch: number;
  /** False while a write is open or in doubt: then what is read may be from before or after it, and is not kept. */
  readonly settled: boolean;
}

/** A write that neither ends nor fails (its process died) counts as open for this long. */
export const openWriteMs = 30_000;
/** How long an unknown outcome keeps answers from being kept: twice the longest exchange. */
export const doubtMs = 20_000;
/** Epochs are kept longer than any entry lives. */
export const epochLifeMs = 48 * 3_600_000;

const mostSubjects = 200_000;

interface Memory {
  epoch: number;
  open: number;
  unsettledUntil: number;
}

/** The register of one process. */
export const createMemoryRegister = (clock: Clock): Register => {
  const subjects = new LRUCache<string, Memory>({ max: mostSubjects });
  const settled: SubjectState = { epoch: 0, settled: true };
  let newest = 0;

  const next = (): number => {
    newest = Math.max(newest + 1, clock.now() * 1_000);
    return newest;
  };
  const memoryOf = (subject: string): Memory => {
    const known = subjects.get(subject);
    if (known !== undefined) return known;
    const fresh = { epoch: 0, open: 0, unsettledUntil: 0 };
    subjects.set(subject, fresh);
    return fresh;
  };
  const close = (memory: Memory): void => {
    memory.open = Math.max(0, memory.open - 1);
    if (memory.open === 0) memory.unsettledUntil = 0;
  };

  return {
    read(subject) {
      const memory = subjects.get(subject);
      if (memory === undefined) return Promise.resolve(settled);
      return Promise.resolve({ epoch: memory.epoch, settled: clock.now() >= memory.unsettledUntil });
    },
    begin(subject) {
      const epoch = next();
      if (subject === undefined) return Promise.resolve(epoch);
      const memory = memoryOf(subject);
      if (clock.now() >= memory.unsettledUntil) memory.open = 0;
      memory.epoch = epoch;
      memory.open += 1;
      memory.unsettledUntil = Math.max(memory.unsettledUntil, clock.now() + openWriteMs);
      return Promise.resolve(epoch);
    },
    commit(subject, since) {
      const memory = memoryOf(subject);
      const alone = memory.epoch <= since;
      memory.epoch = next();
      close(memory);
      return Promise.resolve({ epoch: memory.epoch, alone });
    },
    abandon(subject) {
      close(memoryOf(subject));
      return Promise.resolve();
    },
    doubt(subject) {
      const memory = memoryOf(subject);
      memory.epoch = next();
      memory.open = Math.max(0, memory.open - 1);
      const until = clock.now() + doubtMs;
      memory.unsettledUntil = memory.open === 0 ? until : Math.max(memory.unsettledUntil, until);
      return Promise.resolve();
    },
  };
};
