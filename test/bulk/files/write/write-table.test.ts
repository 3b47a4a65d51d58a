import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Format } from '../../../../src/bulk/files/recognise';
import { guessColumns } from '../../../../src/bulk/files/guess-columns';
import { bulkKinds, columnsOfKind } from '../../../../src/bulk/files/kinds';
import { FileError } from '../../../../src/bulk/files/problem';
import { templateFile } from '../../../../src/bulk/files/write/template-file';
import { writeResults, type ResultRow } from '../../../../src/bulk/files/write/write-results';
import { writeTable } from '../../../../src/bulk/files/write/write-table';
import { seedFromEnvironment } from '../../../support/random';
import { bytesOf, cellsOf, readTable } from '../../../support/table-files';

const formats: readonly Format[] = ['csv', 'jsonl', 'xlsx'];

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
const written = (
  format: Format,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<Buffer> => bytesOf(writeTable(format, columns, from(rows)));

describe('a written table', () => {
  const seed = seedFromEnvironment();
  const columns = ['手机号', '备注', 'a,b'];
  const nasty = fc.constantFrom(
    '=1+1',
    '+86',
    '-5',
    '@a',
    '\tx',
    '\rx',
    "'",
    "''x",
    "'=1",
    '007',
    '622202123456789012',
    '1-2',
    '"',
    'a\r\nb',
    ' x ',
    '_x000D_',
    '_x005F_',
    '<&>"',
    '\u0001',
    '\uffff',
    '＝1',
    '例：',
    '{',
    '😀',
  );
  // A lost character and NUL fail their row.
  const cell = fc.oneof(
    nasty,
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\0\ufffd]/g, '')),
  );

  it.each(formats)(`of %s is read as it was (SEED=${seed})`, async (format) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(7, 100_000),
        async (pairs, chunk) => {
          const rows = pairs.map((pair) => ['13812345678', ...pair]);
          expect(cellsOf(await readTable(await written(format, columns, rows), { chunk }))).toEqual(rows);
        },
      ),
      { seed, numRuns: 60 },
    );
  });

  it('of CSV begins no cell with what Excel computes', async () => {
    const bytes = await written(
      'csv',
      ['a'],
      ['=1', '+1', '-1', '@a', '\t=1', '\r=1', '＝1', '007'].map((text) => [text]),
    );
    const text = bytes.toString();
    expect(text.startsWith('\ufeffa\r\n')).toBe(true);
    expect(
      text
        .split('\r\n')
        .slice(1, -1)
        .every((line) => /^"?'/.test(line)),
    ).toBe(true);
  });

  it.each(formats)('of %s is made as fast as it is taken, and not in memory', async (format) => {
    let made = 0;
    let letGo = (): void => undefined;
    const isLetGo = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    async function* endless(): AsyncGenerator<readonly string[]> {
      try {
        for (;;) {
          made += 1;
          const digest = createHash('sha1').update(String(made)).digest('hex');
          yield await Promise.resolve([String(made), digest]);
        }
      } finally {
        letGo();
      }
    }
    let bytes = 0;
    for await (const chunk of writeTable(format, ['a', 'b'], endless())) {
      bytes += chunk.length;
      if (bytes > 200_000) break;
    }
    expect(made).toBeLessThan(30_000);
    // The rest is never made.
    await isLetGo;
  });

  it('ends with the error of its rows', async () => {
    async function* broken(): AsyncGenerator<readonly string[]> {
      yield await Promise.resolve(['1']);
      throw new Error('the database is away');
    }
    for (const format of formats)
      await expect(bytesOf(writeTable(format, ['a'], broken()))).rejects.toThrow('the database is away');
  });
});

describe('a file of results', () => {
  const columns = ['手机号', '会员卡号'];
  const rows: readonly ResultRow[] = [
    { cells: ['+86 13812345678', '001'], state: 'SUCCEEDED', openid: 'o1' },
    {
      cells: ['1.38E+10', '=A1'],
      state: 'FAILED',
      code: 'DIGITS_LOST',
      message: ['Digits are missing.', '数字丢失。'],
    },
  ];

  test.each(
    formats.flatMap((format) => (['en', 'zh'] as const).map((language) => [format, language] as const)),
  )('of %s in %s is mended and uploaded again, as often as it takes', async (format, language) => {
    let bytes = await bytesOf(writeResults(format, language, columns, from(rows)));
    for (let round = 0; round < 3; round += 1) {
      const table = await readTable(bytes);
      expect(table.columns).toHaveLength(6);
      expect(cellsOf(table)).toEqual([
        ['+86 13812345678', '001', 'SUCCEEDED', '', '', 'o1'],
        [
          '1.38E+10',
          '=A1',
          'FAILED',
          'DIGITS_LOST',
          language === 'en' ? 'Digits are missing.' : '数字丢失。',
          '',
        ],
      ]);
      expect(guessColumns(table.columns, 'IMPORT_BY_PHONE').mapping).toEqual({
        phoneNumber: 0,
        userCardCode: 1,
      });
      const again = table.rows.map(({ cells }, index) => ({
        ...rows[index],
        cells,
        state: String(rows[index]?.state),
      }));
      bytes = await bytesOf(writeResults(format, language, table.columns, from(again)));
    }
  });
});

describe('a template', () => {
  const cases = bulkKinds.flatMap((kind) =>
    (['csv', 'xlsx'] as const).flatMap((format) =>
      (['en', 'zh'] as const).map((language) => [kind, format, language] as const),
    ),
  );

  it.each(cases)(
    'of %s in %s and %s has all columns, and an example that is never imported',
    async (kind, format, language) => {
      const { bytes, fileName } = await templateFile(kind, format, language);
      expect(fileName).toMatch(/^[a-z-]+-template\.(?:csv|xlsx)$/);
      await expect(readTable(bytes)).rejects.toMatchObject({ problem: { code: 'ROWS_MISSING' } });
      await expect(readTable(bytes)).rejects.toThrow(FileError);
      const header = format === 'csv' ? bytes.toString().slice(1).split('\r\n')[0]?.split(',') : undefined;
      const { mapping, missing } = guessColumns(header ?? [], kind);
      if (header !== undefined)
        expect([Object.keys(mapping).sort(), missing]).toEqual([[...columnsOfKind(kind)].sort(), []]);
    },
  );
});
