/** Characters that nobody sees and that copying from web pages and Excel leaves behind: zero width, direction, byte order mark. */
const unseen = /[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Free text: without what nobody sees, the spaces around it, and the apostrophe by which Excel marks a text. */
export const cleanText = (cell: string): string =>
  cell
    .replace(unseen, '')
    .replace(/[\u00a0\u3000]/g, ' ')
    .trim()
    .replace(/^'/, '')
    .trim();

/** Numbers, codes and words: also in half-width. */
export const cleanWord = (cell: string): string => cleanText(cleanText(cell).normalize('NFKC'));

/** What exports write for "nothing". A dash or NULL is no value of any column. */
const nothing = /^(?:[-\u2013\u2014]+|\\N|null|n\/a)$/i;

/** Whether the cell has no value. */
export const isNothing = (cell: string): boolean => cell === '' || nothing.test(cell);

/** The errors that a cell of Excel shows. */
export const isCellError = (cell: string): boolean =>
  /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|#+)$/.test(cell);
