import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { openTable, type TableOptions, type TableRow } from '../../src/bulk/files/open-table';

/** The bytes in chunks of `size`. */
export async function* inChunks(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export const bytesOf = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> =>
  Buffer.concat(await collect(chunks));

export interface ReadTable {
  readonly format: string;
  readonly encoding: string | undefined;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Reads a whole table. */
export const readTable = async (
  bytes: Uint8Array | string,
  options: TableOptions & { readonly chunk?: number } = {},
): Promise<ReadTable> => {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const table = await openTable(inChunks(all, options.chunk), options);
  const rows = await collect(table.rows);
  return { format: table.format, encoding: table.encoding(), columns: table.columns, rows };
};

export const cellsOf = ({ rows }: ReadTable): readonly (readonly string[])[] =>
  rows.map(({ cells }) => cells);

/** A ZIP archive of texts, in the given order. */
export const zipOf = async (parts: Readonly<Record<string, string>>): Promise<Buffer> => {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(parts)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return bytesOf(zip.outputStream as Readable);
};

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRels = 'http://schemas.openxmlformats.org/package/2006/relationships';

export interface WorkbookParts {
  /** Content of `sheetData`. */
  readonly sheet: string;
  readonly strings?: string;
  /** Content of `styleSheet`. */
  readonly styles?: string;
  readonly workbook?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** The parts of a workbook as Excel writes them: the table of strings after the sheet. */
export const workbookParts = ({
  sheet,
  strings,
  styles = '',
  workbook,
  more = {},
}: WorkbookParts): Readonly<Record<string, string>> => ({
  '[Content_Types].xml':
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
  '_rels/.rels': `<Relationships xmlns="${packageRels}"><Relationship Id="rId1" Type="${rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml':
    workbook ??
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="${main}" xmlns:r="${rels}"><workbookPr/><sheets><sheet name="会员" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packageRels}"><Relationship Id="rId1" Type="${rels}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId4" Type="${rels}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId2" Type="${rels}/styles" Target="styles.xml"/>${strings === undefined ? '' : `<Relationship Id="rId3" Type="${rels}/sharedStrings" Target="sharedStrings.xml"/>`}</Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${main}">${styles}</styleSheet>`,
  'xl/worksheets/sheet1.xml': `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="${main}"><dimension ref="A1"/><sheetData>${sheet}</sheetData></worksheet>`,
  ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst xmlns="${main}">${strings}</sst>` }),
  ...more,
});

export const workbookOf = (parts: WorkbookParts): Promise<Buffer> => zipOf(workbookParts(parts));
