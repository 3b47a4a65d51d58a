import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const spreadsheet = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships';
const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The last column of Excel; more columns than a table may have. */
const lastColumn = 16_384;

/** Style 1 is "text": what a user types stays as it is, leading zeros and all digits included. */
const parts: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheetType}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${packageRelationships}"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${spreadsheet}" xmlns:r="${relationships}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packageRelationships}"><Relationship Id="rId1" Type="${relationships}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${spreadsheet}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escapeCode = (character: string): string =>
  `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;

/** Characters that XML lacks, or changes, are written as `_x000D_`, and so is the `_` of a text that looks like this. */
const escaped = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, escapeCode)
    // eslint-disable-next-line no-control-regex -- these are the characters meant
    .replace(/[\0-\u0008\u000b-\u001f\ufffe\uffff]/g, escapeCode)
    .replace(/[&<>]/g, (character) => entities[character] ?? '');

const cellOf = (text: string): string =>
  text === ''
    ? '<c s="1"/>'
    : `<c s="1" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;

async function* sheet(rows: AsyncIterable<readonly string[]>): AsyncGenerator<string, void, undefined> {
  yield `${declaration}<worksheet xmlns="${spreadsheet}"><cols><col min="1" max="${lastColumn}" width="18" style="1" customWidth="1"/></cols><sheetData>`;
  for await (const cells of rows) yield `<row>${cells.map(cellOf).join('')}</row>`;
  yield '</sheetData></worksheet>';
}

/** The bytes of a workbook with one sheet of texts. Its cells are never formulas. */
export async function* xlsxBytes(
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<Buffer, void, undefined> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(parts)) zip.addBuffer(Buffer.from(declaration + text), name);
  const input = Readable.from(joined(sheet(rows)), { objectMode: false });
  zip.addReadStream(input, 'xl/worksheets/sheet1.xml');
  zip.end();
  // A row that cannot be had ends the file, not the process.
  const output = zip.outputStream as Readable;
  input.once('error', (error) => output.destroy(error));
  zip.once('error', (error: Error) => output.destroy(error));
  try {
    yield* output as AsyncIterable<Buffer>;
  } finally {
    input.destroy();
  }
}

/** So much text goes through the streams at once. */
const textAtOnce = 32_768;

/** Few large texts in place of many small ones. */
export async function* joined(texts: AsyncIterable<string>): AsyncGenerator<Buffer, void, undefined> {
  let pending = '';
  for await (const text of texts) {
    pending += text;
    if (pending.length < textAtOnce) continue;
    yield Buffer.from(pending);
    pending = '';
  }
  yield Buffer.from(pending);
}
