import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { openTable } from '../../../../src/bulk/files/open-table';
import { FileError } from '../../../../src/bulk/files/problem';
import {
  cellsOf,
  collect,
  inChunks,
  readTable,
  workbookOf,
  workbookParts,
  zipOf,
} from '../../../support/table-files';

const row = (number: number, ...cells: readonly string[]): string =>
  `<row r="${number}">${cells.join('')}</row>`;
const shared = (reference: string, index: number): string => `<c r="${reference}" t="s"><v>${index}</v></c>`;
const inline = (reference: string, text: string): string =>
  `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
const value = (reference: string, text: string, more = ''): string =>
  `<c r="${reference}" ${more}><v>${text}</v></c>`;
const header = row(1, inline('A1', '手机号'), inline('B1', '等级'));
const simple = { sheet: header + row(2, value('A2', '13812345678'), inline('B2', '金卡')) };

const refusal = async (bytes: Uint8Array, options = {}): Promise<unknown> =>
  readTable(bytes, options).then(
    () => 'read',
    (error: unknown) => (error instanceof FileError ? error.problem : error),
  );

describe('a workbook', () => {
  it('has its strings in a table after the sheet, in runs, with a reading that does not count', async () => {
    const bytes = await workbookOf({
      strings:
        '<si><t>手机号</t></si><si><r><t>会员</t></r><r><t xml:space="preserve"> 等级 </t></r></si><si><t>王</t><rPh><t>ワン</t></rPh></si><si><t>a_x000D_b&amp;</t></si>',
      sheet: row(1, shared('A1', 0), shared('B1', 1)) + row(3, shared('A3', 2), shared('B3', 3)),
    });
    for (const chunk of [13, 100_000]) {
      const { format, columns, rows } = await readTable(bytes, { chunk });
      expect([format, columns]).toEqual(['xlsx', ['手机号', '会员 等级']]);
      expect(rows).toMatchObject([{ number: 3, cells: ['王', 'a\rb&'] }]);
    }
  });

  it('shows numbers, dates, booleans, results and errors as the user sees them, and no digit that is not stored', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/><numFmt numFmtId="165" formatCode="00000000"/><numFmt numFmtId="166" formatCode="[$-804]0.00_ ;[Red]\\-0.00"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="20"/><xf numFmtId="31"/></cellXfs>';
    const cases: readonly (readonly [cell: string, text: string])[] = [
      [value('A1', '13812345678'), '13812345678'],
      [value('A1', '1.3812345678E10'), '13812345678'],
      [value('A1', '1.38E10'), '13800000000'],
      // Excel has replaced the digits after the 15th by zeros.
      [value('A1', '6.2220212345678901E+18'), '6.22202123456789e+18'],
      [value('A1', '6222021234567890'), '6.22202123456789e+15'],
      [value('A1', '6222021234567891'), '6222021234567891'],
      [value('A1', '0.1'), '0.1'],
      [value('A1', '46352', 's="1"'), '2026-11-26'],
      [value('A1', '46352.354166666664', 's="2"'), '2026-11-26 08:30:00'],
      [value('A1', '46352', 's="3"'), '2026-11-26'],
      [value('A1', '46352', 's="7"'), '2026-11-26'],
      [value('A1', '46352', 's="0"'), '46352'],
      [value('A1', '1', 's="1"'), '1900-01-01'],
      [value('A1', '61', 's="1"'), '1900-03-01'],
      [value('A1', '123', 's="4"'), '00000123'],
      [value('A1', '12.5', 's="5"'), '12.5'],
      [value('A1', '0.354166666666667', 's="6"'), '08:30:00'],
      [value('A1', '1', 't="b"'), 'true'],
      [value('A1', '2026-11-26T08:30:00', 't="d"'), '2026-11-26T08:30:00'],
      ['<c r="A1" t="str"><f>A2&amp;""</f><v>13812345678</v></c>', '13812345678'],
      ['<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '#DIV/0!'],
    ];
    const sheet = cases.map(([cell], index) => row(index + 2, cell.replace('A1', `A${index + 2}`)));
    const table = await readTable(await workbookOf({ sheet: header + sheet.join(''), styles }));
    expect(cellsOf(table).map(([cell]) => cell)).toEqual(cases.map(([, text]) => text));
  });

  it('may count its days from 1904', async () => {
    const { 'xl/workbook.xml': workbook = '' } = workbookParts(simple);
    const bytes = await workbookOf({
      sheet: header + row(2, value('A2', '44890', 's="0"')),
      styles: '<cellXfs><xf numFmtId="14"/></cellXfs>',
      workbook: workbook.replace('<workbookPr/>', '<workbookPr date1904="1"/>'),
    });
    expect(cellsOf(await readTable(bytes))).toEqual([['2026-11-26', '']]);
  });

  it('may be written by other programs: prefixes, no references, absolute targets, CDATA', async () => {
    const parts = workbookParts(simple);
    const bytes = await zipOf({
      ...parts,
      'xl/_rels/workbook.xml.rels': (parts['xl/_rels/workbook.xml.rels'] ?? '').replace(
        '"worksheets',
        '"/xl/Worksheets',
      ),
      'xl/worksheets/sheet1.xml':
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>手机号</x:t></x:is></x:c></x:row><x:row/><x:row><x:c t="inlineStr"><x:is><x:t><![CDATA[1<2]]></x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>',
    });
    expect(await readTable(bytes)).toMatchObject({
      columns: ['手机号'],
      rows: [{ number: 3, cells: ['1<2'] }],
    });
  });

  it('is read from its first visible sheet, or from the one that is named', async () => {
    const { 'xl/workbook.xml': workbook = '', 'xl/worksheets/sheet1.xml': second = '' } =
      workbookParts(simple);
    const bytes = await workbookOf({
      sheet:
        '<row r="1"><c r="A1" t="inlineStr"><is><t>隐藏</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
      workbook: workbook.replace(
        /<sheets>.*<\/sheets>/,
        '<sheets><sheet name="旧" sheetId="1" state="hidden" r:id="rId1"/><sheet name="会员" sheetId="2" r:id="rId4"/></sheets>',
      ),
      more: { 'xl/worksheets/sheet2.xml': second },
    });
    expect((await readTable(bytes)).columns).toEqual(['手机号', '等级']);
    expect((await readTable(bytes, { sheet: '旧' })).columns).toEqual(['隐藏']);
    expect(await refusal(bytes, { sheet: '无' })).toMatchObject({ code: 'SHEET_NOT_FOUND' });
  });

  it('has rows that fail alone: a formula without a result, a cell without a column', async () => {
    const sheet =
      header +
      row(2, '<c r="A2"><f>1+1</f></c>') +
      row(3, value('A3', '1'), value('ZZZ3', '1')) +
      row(4, value('A4', '2'));
    const { rows } = await readTable(await workbookOf({ sheet }));
    expect(rows.map(({ problem }) => problem)).toMatchObject([
      {
        code: 'FORMULA_WITHOUT_RESULT',
        row: 2,
        column: 0,
        texts: [expect.stringMatching(/^Row 2, column A: /), expect.anything()],
      },
      { code: 'CELLS_TOO_MANY', row: 3, column: 18_277 },
      undefined,
    ]);
  });

  it('reads strings from any place of a table larger than a page', async () => {
    const texts = Array.from({ length: 40_000 }, (_, index) => `会员${index}`);
    const sheet = [39_999, 0, 20_000, 5_460, 5_461].map((index, at) =>
      row(at + 2, shared(`A${at + 2}`, index)),
    );
    const bytes = await workbookOf({
      sheet: header + sheet.join(''),
      strings: texts.map((text) => `<si><t>${text}</t></si>`).join(''),
    });
    expect(cellsOf(await readTable(bytes)).map(([cell]) => cell)).toEqual([
      '会员39999',
      '会员0',
      '会员20000',
      '会员5460',
      '会员5461',
    ]);
  });
});

describe('a workbook that cannot be read', () => {
  /** A ZIP with one wrong byte in a part that is stored as it is. */
  const withChangedDigit = async (): Promise<Buffer> => {
    const { ZipFile } = await import('yazl');
    const zip = new ZipFile();
    for (const [name, text] of Object.entries(workbookParts(simple)))
      zip.addBuffer(Buffer.from(text), name, { compress: false });
    zip.end();
    const bytes = Buffer.concat(await collect(zip.outputStream as AsyncIterable<Buffer>));
    bytes[bytes.indexOf('13812345678') + 5] = 0x39;
    return bytes;
  };
  const parts = workbookParts(simple);
  const sheetOf = (text: string): Promise<Buffer> => workbookOf({ sheet: text });

  test.each<[name: string, bytes: () => Promise<Uint8Array>, code: string]>([
    ['cut in the middle', async () => (await workbookOf(simple)).subarray(0, 900), 'FILE_DAMAGED'],
    ['with a changed digit', withChangedDigit, 'FILE_DAMAGED'],
    ['of another program', () => zipOf({ 'content.xml': '<a/>', mimetype: 'x' }), 'FILE_IS_ARCHIVE'],
    [
      'of Word',
      () =>
        zipOf({
          '_rels/.rels': (parts['_rels/.rels'] ?? '').replace('xl/workbook', 'word/document'),
          'word/document.xml': '<a/>',
        }),
      'FILE_IS_ARCHIVE',
    ],
    [
      'of binary Excel',
      () => zipOf({ '_rels/.rels': (parts['_rels/.rels'] ?? '').replace('workbook.xml', 'workbook.bin') }),
      'FILE_IS_XLSB',
    ],
    [
      'without its sheet',
      () => zipOf(Object.fromEntries(Object.entries(parts).filter(([name]) => !name.includes('sheet1')))),
      'FILE_DAMAGED',
    ],
    [
      'with entities',
      () =>
        zipOf({
          ...parts,
          'xl/worksheets/sheet1.xml': `<!DOCTYPE a [<!ENTITY b "bb">]>${parts['xl/worksheets/sheet1.xml']?.replace(/<\?.*\?>/, '') ?? ''}`,
        }),
      'XML_FORBIDDEN',
    ],
    [
      'with an unknown entity',
      () => sheetOf(`${header}<row r="2"><c r="A2"><v>&b;</v></c></row>`),
      'FILE_DAMAGED',
    ],
    [
      'with elements in elements',
      () => sheetOf('<a>'.repeat(100) + '</a>'.repeat(100) + simple.sheet),
      'FILE_DAMAGED',
    ],
    [
      'with a text of 4 MB',
      () => sheetOf(header + row(2, inline('A2', 'ab'.repeat(2_000_000)))),
      'RECORD_TOO_LONG',
    ],
    ['with an unknown string', () => sheetOf(header + row(2, shared('A2', 7))), 'FILE_DAMAGED'],
    [
      'with rows in disorder',
      () => sheetOf(header + row(3, value('A3', '1')) + row(2, value('A2', '1'))),
      'FILE_DAMAGED',
    ],
    ['with a row beyond the last', () => sheetOf(header + row(99_999_999, value('A1', '1'))), 'FILE_DAMAGED'],
    [
      'that inflates',
      () =>
        sheetOf(
          header +
            row(2, value('A2', '1')) +
            `<row r="3">${`<c s="${'0'.repeat(60_000)}"/>`.repeat(300)}</row>`,
        ),
      'FILE_INFLATES',
    ],
  ])('%s is refused', async (_, bytes, code) => {
    expect(await refusal(await bytes())).toMatchObject({ code });
  });

  it('with more than the allowed bytes in a part is refused, whatever its ratio', async () => {
    expect(deflateRawSync(Buffer.from(header)).length).toBeGreaterThan(50);
    expect(await refusal(await workbookOf(simple), { limits: { maxInflated: 100 } })).toMatchObject({
      code: 'FILE_INFLATES',
    });
  });
});

describe('the temporary file of a workbook', () => {
  it('has no name while it is read, and is closed in the end', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'table-'));
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    const table = await openTable(inChunks(await workbookOf({ ...simple, strings: '<si><t>a</t></si>' })), {
      directory,
    });
    expect(openFiles()).toBe(before + 2);
    expect(readdirSync(directory)).toEqual([]);
    expect(await collect(table.rows)).toHaveLength(1);
    expect(openFiles()).toBe(before);
    await expect(readTable(Buffer.from('PK\u0003\u0004nothing'), { directory })).rejects.toThrow(FileError);
    expect(openFiles()).toBe(before);
  });
});
