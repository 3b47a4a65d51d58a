import type { Writable } from 'node:stream';

/** Receives log lines. Never throws and never blocks: a line that cannot be written is dropped and counted. */
export interface LogDestination {
  write(line: string): void;
  /** Writes the buffered lines. */
  flush(): void;
  /** Writes the buffered lines. Resolves when they are written or cannot be, after half a second at most. */
  written(): Promise<void>;
  /** Number of lines dropped since the start. */
  dropped(): number;
}

/** Lines are buffered up to this size, characters: a system call per line took a tenth of a hot operation's time. */
const gatheredLength = 4_096;
const gatherMs = 250;
/** How much a slow reader may leave unread in this process, bytes. */
const maxQueuedBytes = 1_048_576;
/** How long the end of the process waits for a reader, ms. */
const lastWriteMs = 500;

/** `stream` is standard error in production. It is asynchronous for pipes, so a full pipe does not block the server. */
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
      // File streams throw, e.g. ENOSPC.
      drop();
    }
  };

  // Pipes accept what fits at once; the rest is lost.
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
