import { announcedEncoding, type Encoding } from './encoding';
import { FileError } from './problem';

export const formats = ['csv', 'jsonl', 'xlsx'] as const;
export type Format = (typeof formats)[number];

/** What the sender says about a file. Only its content decides; this helps where the content is silent. */
export interface Hint {
  readonly fileName?: string | undefined;
  /** Media type, e.g. `text/csv`. */
  readonly contentType?: string | undefined;
}

/** How many bytes decide. */
export const headBytes = 65_536;

const begins = (bytes: Buffer, ...start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte);

const isZip = (head: Buffer): boolean => begins(head, 0x50, 0x4b, 3, 4);
/** The container of .xls, and of an .xlsx with a password. */
const isCompound = (head: Buffer): boolean => begins(head, 0xd0, 0xcf, 0x11, 0xe0);

/** Names of streams in the directory of a compound file. */
const names = (head: Buffer, name: string): boolean => head.includes(Buffer.from(name, 'utf16le'));

const compoundError = (head: Buffer, { fileName = '' }: Hint): FileError => {
  const isEncrypted =
    names(head, 'EncryptedPackage') || (!names(head, 'Workbook') && /\.xls[xm]$/i.test(fileName));
  return new FileError(isEncrypted ? 'FILE_ENCRYPTED' : 'FILE_IS_XLS');
};

/** The beginning of a text, as far as a format shows in it: those characters are ASCII in all encodings. */
const firstText = (head: Buffer, encoding: Encoding | undefined): string => {
  const start = head.subarray(0, 4_096);
  const text =
    encoding?.startsWith('UTF-16') === true
      ? new TextDecoder(encoding).decode(start)
      : start.toString('utf8');
  return text.replace(/^\ufeff/, '').trimStart();
};

/**
 * The format of a file by its first bytes.
 *
 * @throws FileError FILE_EMPTY, FILE_IS_XLS, FILE_ENCRYPTED, FILE_IS_MARKUP, FILE_IS_JSON, FILE_IS_ARCHIVE, FILE_TYPE_UNKNOWN.
 */
export const recognise = (
  head: Buffer,
  hint: Hint,
): { readonly format: Format; readonly announced: Encoding | undefined } => {
  const announced = announcedEncoding(head);
  if (head.length === 0) throw new FileError('FILE_EMPTY');
  if (isZip(head)) return { format: 'xlsx', announced };
  if (isCompound(head)) throw compoundError(head, hint);
  // An empty zip, gzip, 7z, rar.
  if (
    [
      [0x50, 0x4b, 5, 6],
      [0x1f, 0x8b],
      [0x37, 0x7a, 0xbc, 0xaf],
      [0x52, 0x61, 0x72, 0x21],
    ].some((start) => begins(head, ...start))
  )
    throw new FileError('FILE_IS_ARCHIVE');
  const isWide = announced?.startsWith('UTF-16') === true;
  if (!isWide && (isBinary(head) || head.subarray(0, 5).toString('latin1') === '%PDF-'))
    throw new FileError('FILE_TYPE_UNKNOWN');
  const text = firstText(head, announced);
  if (text === '') throw new FileError('FILE_EMPTY');
  if (text.startsWith('<')) throw new FileError('FILE_IS_MARKUP');
  if (/^\[\s*[{[]/.test(text) || (text.startsWith('[') && isCalledJson(hint)))
    throw new FileError('FILE_IS_JSON');
  return { format: text.startsWith('{') ? 'jsonl' : 'csv', announced };
};

/** A text may have a NUL by mistake; that is a matter of its row. */
const isBinary = (head: Buffer): boolean => head.filter((byte) => byte === 0).length * 100 > head.length;

const isCalledJson = ({ fileName = '', contentType = '' }: Hint): boolean =>
  /\.(?:json|jsonl|ndjson)$/i.test(fileName) || /json/i.test(contentType);
