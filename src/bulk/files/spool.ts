import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const blockBytes = 16;

/** Bytes that can be read at any place. Written once, from the beginning to the end. */
export interface Spool {
  append(bytes: Buffer): Promise<void>;
  /** Fewer bytes than asked for only at the end. */
  read(position: number, length: number): Promise<Buffer>;
  size(): number;
  /** Idempotent. */
  close(): Promise<void>;
}

/** The counter of AES-CTR at a block. */
const counterAt = (block: number): Buffer => {
  const counter = Buffer.alloc(blockBytes);
  counter.writeBigUInt64BE(BigInt(block), 8);
  return counter;
};

/**
 * A temporary file, encrypted with AES-256-CTR under a random key that only this process holds, and only in memory. The file loses
 * its name as soon as it is open, so a crash leaves nothing behind. If the platform keeps the name of an open file, it is removed at
 * the end, and what a crash leaves is unreadable. The content is not authenticated: nobody else can open the file.
 *
 * @param directory Default: the temporary directory of the operating system.
 */
export const createSpool = async (directory: string = tmpdir()): Promise<Spool> => {
  const path = join(directory, `bulk-${randomBytes(16).toString('hex')}`);
  // `x`: never a file that somebody else put there.
  const file = await open(path, 'wx+', 0o600);
  const hasName = await unlink(path).then(
    () => false,
    () => true,
  );
  // A key encrypts one file, so its counter may begin at 0.
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-ctr', key, counterAt(0));
  let size = 0;
  let closing: Promise<void> | undefined;

  const decrypt = (sealed: Buffer, from: number): Buffer => {
    const block = Math.floor(from / blockBytes);
    const decipher = createDecipheriv('aes-256-ctr', key, counterAt(block));
    decipher.update(Buffer.alloc(from - block * blockBytes));
    return decipher.update(sealed);
  };

  const end = async (): Promise<void> => {
    key.fill(0);
    await file.close();
    if (hasName) await unlink(path).catch(() => undefined);
  };

  return {
    size: () => size,
    async append(bytes) {
      const position = size;
      size += bytes.length;
      await writeAll(file, cipher.update(bytes), position);
    },
    async read(position, length) {
      const sealed = await readUpTo(file, position, Math.max(0, Math.min(length, size - position)));
      return decrypt(sealed, position);
    },
    close: () => (closing ??= end()),
  };
};

const writeAll = async (file: FileHandle, bytes: Buffer, position: number): Promise<void> => {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
};

const readUpTo = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
};
