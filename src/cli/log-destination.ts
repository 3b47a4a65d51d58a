import type { Writable } from 'node:stream';

/** Where log lines go. Never throws, never waits: a line that cannot be written is dropped and counted. */
export interface LogDestination {
  write(line: string): void;
  /** Hands over what was gathered. */
  flush(): void;
  /** Hands over what was gathered, and resolves when it is written or cannot be; after half a second in any case. */
  written(): Promise<void>;
  /** Lines dropped since the start. */
  dropped(): number;
}

/** Lines are gathered up to this size: a system call for each was measured at a tenth of a hot operation, characters. */
const gatheredLength = 4_096;
const gatherMs = 250;
/** What a slow reader may leave waiting in this process, bytes. */
const maxQueuedBytes = 1_048_576;
/** How long the end of the process waits for a reader, ms. */
const lastWriteMs = 500;

/** `stream` is standard error in production: asynchronous for pipes, so that a full one holds nothing up. */
export const openLogDestination = (stream: Writable): LogDestination => {
  let gathered: string[] = [];
  let length = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;

  // The reader has ended, or the disk is full. Each write reports its own failure below.
  stream.on('error', () => undefined);

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const lines = gathered;
    gathered = [];
    length = 0;
    if (lines.length === 0) return;
    const drop = (): void => {
      dropped += lines.length;
    };
    if (!stream.writable || stream.writableLength > maxQueuedBytes) {
      drop();
      return;
    }
    try {
      stream.write(lines.join(''), (error) => {
        if (error) drop();
      });
    } catch {
      // Streams on files throw, e.g. ENOSPC.
      drop();
    }
  };

  // Pipes take what fits at once; nobody waits for the rest.
  process.on('exit', flush);
  return {
    write(line) {
      gathered.push(line);
      length += line.length;
      if (length >= gatheredLength) flush();
      else timer ??= setTimeout(flush, gatherMs).unref();
    },
    flush,
    written: () =>
      new Promise((resolve) => {
        flush();
        if (!stream.writable || stream.writableLength === 0) {
          resolve();
          return;
        }
        const limit = setTimeout(resolve, lastWriteMs);
        stream.write('', () => {
          clearTimeout(limit);
          resolve();
        });
      }),
    dropped: () => dropped,
  };
};
