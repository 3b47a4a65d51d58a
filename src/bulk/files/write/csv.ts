/** Excel takes a file without it for the encoding of its country. */
export const byteOrderMark = '\ufeff';

/** What Excel would compute; in full width too, which it takes for the same in Chinese editions. OWASP, "CSV Injection". */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** What Excel would change: it drops leading zeros, keeps 15 digits, and takes 12E5 for a number and 1-2 for a day. */
const altered = /^(?:0\d+|\d{12,}|\d+E\d+|\d{1,2}[-/]\d{1,2})$/i;

/** The apostrophe by which Excel marks a text. Reading removes one (delimited.ts), so a cell that begins with one gets another. */
const marked = (cell: string): string =>
  cell.startsWith("'") || formula.test(cell) || altered.test(cell) ? `'${cell}` : cell;

const quoted = (cell: string): string =>
  /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** A line of CSV as Excel reads it, without formulas. `readDelimited` returns the same cells. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => quoted(marked(cell))).join(',')}\r\n`;
