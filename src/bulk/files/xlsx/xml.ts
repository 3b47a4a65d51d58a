import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { FileError } from '../problem';

/** Deeper than any part of a workbook. */
const maxDepth = 64;
/** So many bytes without a tag are no cell. */
const maxSilence = 1_048_576;

export interface XmlHandler {
  /** `name` is without its namespace prefix. */
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string) => void;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Parses XML chunk by chunk; yields after each, when its events were handled. No entities but XML's own five: a DOCTYPE is refused.
 *
 * @throws FileError XML_FORBIDDEN, FILE_DAMAGED, RECORD_TOO_LONG; and what the handler throws.
 */
export async function* parseXml(
  chunks: AsyncIterable<Buffer>,
  handler: XmlHandler,
): AsyncGenerator<void, void, undefined> {
  const parser = new SaxesParser({ position: false, xmlns: false });
  const decoder = new TextDecoder('utf-8');
  let depth = 0;
  let silence = 0;
  parser.on('doctype', () => {
    throw new FileError('XML_FORBIDDEN');
  });
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    depth += 1;
    silence = 0;
    if (depth > maxDepth) throw new FileError('FILE_DAMAGED');
    handler.open?.(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    silence = 0;
    handler.close?.(localName(name));
  });
  if (handler.text !== undefined) {
    parser.on('text', handler.text);
    parser.on('cdata', handler.text);
  }

  const parse = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      // The messages of the parser repeat what it read.
      throw error instanceof FileError ? error : new FileError('FILE_DAMAGED');
    }
  };

  for await (const chunk of chunks) {
    silence += chunk.length;
    parse(() => {
      parser.write(decoder.decode(chunk, { stream: true }));
    });
    if (silence > maxSilence) throw new FileError('RECORD_TOO_LONG');
    yield;
  }
  parse(() => {
    parser.write(decoder.decode()).close();
  });
  yield;
}

/** Parses a part to its end. */
export const readXml = async (chunks: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> => {
  for await (const _ of parseXml(chunks, handler));
};

/** The texts inside of the element `t` of a string, without its phonetic reading (`rPh`). */
export const createTextCollector = () => {
  let text = '';
  let isOpen = false;
  let isReading = false;
  return {
    open(name: string): void {
      if (name === 't') isOpen = true;
      if (name === 'rPh') isReading = true;
    },
    close(name: string): void {
      if (name === 't') isOpen = false;
      if (name === 'rPh') isReading = false;
    },
    text(part: string): void {
      if (isOpen && !isReading) text += part;
    },
    /** Returns the text and begins a new one. */
    take(): string {
      const found = unescaped(text);
      text = '';
      return found;
    },
  };
};

/** Excel writes characters that XML does not allow as `_x000D_`. */
const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;
