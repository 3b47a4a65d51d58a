import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';

/**
 * Orders reads against writes. Every subject has an epoch; an entry carries the epoch under which it was read and is
 * valid only while the subject has no newer one, so a slow, older read can be stored at any time and is never served.
 * Epochs grow with time (microseconds), so that they keep growing after a store lost its memory.
 */
export interface WriteEpochs {
  /**
   * `seen`: an epoch that the caller already knows of (its own write on another process): what is older is not for it.
   */
  read(subject: string, seen?: number): Promise<SubjectState>;
  /** What `read` would answer without asking anybody; `undefined` where it would ask. */
  peek(subject: string): SubjectState | undefined;
  /**
   * Before a write is sent: outdates everything read so far. The answer is what `commit` compares with. Without a subject
   * it is only a point in time.
   */
  begin(subject: string | undefined): Promise<number>;
  /**
   * After the write succeeded. `alone`: no other write to the subject began or ended since `since`, none is open, and none is
   * in doubt, which could still land after this one.
   */
  commit(subject: string, since: number): Promise<{ readonly epoch: number; readonly alone: boolean }>;
  /** After the write certainly did not happen. */
  abort(subject: string): Promise<void>;
  /** After nobody knows: outdates everything and lets nothing be kept until it must have settled. Answers the epoch. */
  markUnknown(subject: string): Promise<number>;
}

export interface SubjectState {
  /** 0 where no write is remembered. */
  readonly epoch: number;
  /** False while a write is open or in doubt: then what is read may be from before or after it, and is not kept. */
  readonly settled: boolean;
  /** Writes from before this epoch may have been forgotten: what was read under an older one is no longer sure. */
  readonly floor: number;
  /** False where the processes that share the register could not be asked: somebody may have written meanwhile. */
  readonly sure: boolean;
}

/** A write that neither ends nor fails (its process died) counts as open for this long. */
export const openWriteMs = 30_000;
/** How long an unknown outcome keeps answers from being kept: twice the longest exchange. */
export const unknownOutcomeMs = 20_000;
/** Epochs are kept longer than any entry lives. */
export const epochLifeMs = 48 * 3_600_000;

const maxSubjects = 200_000;

interface SubjectMemory {
  epoch: number;
  open: number;
  openUntil: number;
  unknownUntil: number;
}

/** The register of one process; `raise` lets it learn an epoch from elsewhere. */
export interface MemoryWriteEpochs extends WriteEpochs {
  peek(subject: string, seen?: number): SubjectState;
  raise(subject: string, epoch: number): void;
  /** How long the subject stays unsettled, ms; 0 where it is settled. */
  unsettledMs(subject: string): number;
}

export const createMemoryWriteEpochs = (clock: Clock): MemoryWriteEpochs => {
  const subjects = new LRUCache<string, SubjectMemory>({ max: maxSubjects });
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
