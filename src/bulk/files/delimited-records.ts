export interface DelimitedRecord {
  readonly cells: readonly string[];
  /** A quotation mark closes in the middle of a cell, so nobody knows where the cells end. */
  readonly isBroken: boolean;
}

export interface Records {
  readonly records: readonly DelimitedRecord[];
  /** The text of a record that does not end in the text. */
  readonly rest: string;
}

interface Field {
  readonly value: string;
  /** Where what ends the field begins. */
  readonly end: number;
  readonly isBroken: boolean;
}

/**
 * Splits text into records as Excel does: cells in quotation marks may have separators, line breaks and doubled quotation marks.
 * A quotation mark inside of a cell without is a character, as in `5" pipe`; so is that of `="0012"`, by which exports make Excel keep
 * a number. Line breaks may be mixed.
 *
 * Parsers of packages refuse the whole file at the first of these, or join rows at a misplaced quotation mark without a sign.
 */
export const createRecordSplitter = (separator: string) => {
  const ends = new RegExp(`[\\r\\n${separator === '|' ? '\\|' : separator}]`, 'g');

  /** `undefined` if the field goes on after the text. */
  const plainField = (text: string, start: number, isEnd: boolean): Field | undefined => {
    ends.lastIndex = start;
    const end = ends.exec(text)?.index;
    if (end === undefined && !isEnd) return undefined;
    return { value: text.slice(start, end), end: end ?? text.length, isBroken: false };
  };

  const quotedField = (text: string, start: number, isEnd: boolean): Field | undefined => {
    let value = '';
    for (let from = start; ;) {
      const quote = text.indexOf('"', from);
      if (quote === -1 || (quote === text.length - 1 && !isEnd)) return undefined;
      if (text[quote + 1] === '"') {
        value += text.slice(from, quote + 1);
        from = quote + 2;
        continue;
      }
      const after = plainField(text, quote + 1, isEnd);
      if (after === undefined) return undefined;
      const isBroken = after.value.trim() !== '';
      return { value: value + text.slice(from, quote), end: after.end, isBroken };
    }
  };

  const fieldAt = (text: string, start: number, isEnd: boolean): Field | undefined => {
    if (text[start] === '"') return quotedField(text, start + 1, isEnd);
    if (text[start] !== '=' || (text[start + 1] ?? '"') !== '"') return plainField(text, start, isEnd);
    const field = quotedField(text, start + 2, isEnd);
    // Another formula than a text.
    if (field?.isBroken === true) return plainField(text, start, isEnd);
    return field && { ...field, value: `="${field.value}"` };
  };

  /** The record and where the next one begins. */
  const recordAt = (
    text: string,
    start: number,
    isEnd: boolean,
  ): { readonly record: DelimitedRecord; readonly next: number } | undefined => {
    const cells: string[] = [];
    let isBroken = false;
    for (let at = start; ;) {
      const field = fieldAt(text, at, isEnd);
      if (field === undefined) return undefined;
      cells.push(field.value);
      isBroken ||= field.isBroken;
      if (text[field.end] === separator) {
        at = field.end + 1;
        continue;
      }
      const isCarriage = text[field.end] === '\r';
      // A line feed may follow.
      if (isCarriage && field.end + 1 === text.length && !isEnd) return undefined;
      const next = field.end + (isCarriage && text[field.end + 1] === '\n' ? 2 : 1);
      return { record: { cells, isBroken }, next };
    }
  };

  /** @param isEnd No text follows. Then `rest` is empty, unless a quotation mark is still open. */
  return (text: string, isEnd: boolean): Records => {
    const records: DelimitedRecord[] = [];
    let start = 0;
    while (start < text.length) {
      const found = recordAt(text, start, isEnd);
      if (found === undefined) break;
      records.push(found.record);
      start = found.next;
    }
    return { records, rest: text.slice(start) };
  };
};
