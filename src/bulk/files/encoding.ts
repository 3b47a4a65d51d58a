import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { chunkBytes } from './chunks';
import { FileError } from './problem';

/** `ASCII`: no other character so far, so that all encodings agree. */
export type Encoding = 'ASCII' | 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'GB18030';

export interface Texts {
  /** Becomes final with the last text: a file may have its first Chinese character after many rows. */
  readonly encoding: () => Encoding;
  /** U+FFFD stands for bytes that are not of the encoding. */
  readonly texts: AsyncGenerator<string, void, undefined>;
}

const byteOrderMarks: readonly (readonly [Encoding, readonly number[]])[] = [
  ['UTF-8', [0xef, 0xbb, 0xbf]],
  ['UTF-16LE', [0xff, 0xfe]],
  ['UTF-16BE', [0xfe, 0xff]],
];

/** The encoding that the first bytes of a file announce. */
export const announcedEncoding = (bytes: Buffer): Encoding | undefined =>
  byteOrderMarks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];

const decoderOf = (encoding: Encoding, fatal = false): TextDecoder => {
  try {
    return new TextDecoder(encoding === 'ASCII' ? 'utf-8' : encoding, { fatal });
  } catch {
    // A Node without full ICU.
    throw new FileError('ENCODING_UNAVAILABLE');
  }
};

const decodes = (bytes: Buffer, encoding: Encoding, isEnd: boolean): boolean => {
  const decoder = decoderOf(encoding, true);
  try {
    decoder.decode(bytes, { stream: !isEnd });
    return true;
  } catch {
    return false;
  }
};

/**
 * Whether it is UTF-8 with a few wrong bytes. Read as GB18030, all of its Chinese would be wrong without a sign. Chinese in GB18030
 * has almost no sequence that UTF-8 reads as Chinese.
 */
const isDamagedUtf8 = (bytes: Buffer): boolean => {
  const text = bytes.toString('utf8');
  const chinese = text.match(/[\u3400-\u9fff]/g)?.length ?? 0;
  const wrong = text.match(/\ufffd/g)?.length ?? 0;
  return chinese > wrong;
};

/** `bytes` begin with a whole character; unless at the end, the last one may be cut. */
const encodingOf = (bytes: Buffer, isEnd: boolean): Encoding => {
  if (isAscii(bytes)) return 'ASCII';
  if (decodes(bytes, 'UTF-8', isEnd) || isDamagedUtf8(bytes)) return 'UTF-8';
  if (decodes(bytes, 'GB18030', isEnd)) return 'GB18030';
  throw new FileError('ENCODING_UNREADABLE');
};

/**
 * Decodes text whose encoding is not known. A byte order mark decides; else strict UTF-8, and then GB18030, over the first bytes
 * that are not ASCII.
 *
 * @throws FileError ENCODING_UNREADABLE, ENCODING_UNAVAILABLE.
 */
export const decodeTexts = (chunks: AsyncIterable<Buffer>, announced: Encoding | undefined): Texts => {
  let encoding: Encoding = announced ?? 'ASCII';
  let decoder: TextDecoder | undefined;
  if (announced !== undefined) decoder = decoderOf(announced);

  const decide = (bytes: Buffer, isEnd: boolean): string => {
    encoding = encodingOf(bytes, isEnd);
    decoder = decoderOf(encoding);
    return decoder.decode(bytes, { stream: true });
  };

  const texts = async function* (): AsyncGenerator<string, void, undefined> {
    let undecided: Buffer | undefined;
    for await (const chunk of chunks) {
      if (decoder !== undefined) yield decoder.decode(chunk, { stream: true });
      else if (undecided === undefined && isAscii(chunk)) yield chunk.toString('latin1');
      else {
        undecided = undecided === undefined ? chunk : Buffer.concat([undecided, chunk]);
        if (undecided.length >= chunkBytes) yield decide(undecided, false);
      }
    }
    if (decoder === undefined && undecided !== undefined) yield decide(undecided, true);
    if (decoder !== undefined) yield decoder.decode();
  };
  return { encoding: () => encoding, texts: texts() };
};
