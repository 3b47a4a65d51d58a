import { openTable } from '../../../src/bulk/files/open-table';
import { FileError } from '../../../src/bulk/files/problem';
import { gb18030 } from '../../support/gb18030';
import { cellsOf, collect, inChunks, readTable } from '../../support/table-files';

const person = '手机号,姓名\r\n13812345678,王小明\r\n13912345678,李雷\r\n';
const columns = ['手机号', '姓名'];
const people = [
  ['13812345678', '王小明'],
  ['13912345678', '李雷'],
];
const bom = '\ufeff';
const utf16 = (text: string, isBigEndian = false): Buffer => {
  const bytes = Buffer.from(bom + text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
};

const refusal = async (bytes: Uint8Array | string, options = {}): Promise<unknown> =>
  readTable(bytes, options).then(
    () => 'read',
    (error: unknown) => (error instanceof FileError ? error.problem : error),
  );

describe('a text file', () => {
  test.each([
    ['UTF-8', Buffer.from(person)],
    ['UTF-8', Buffer.from(bom + person)],
    ['UTF-16LE', utf16(person)],
    ['UTF-16BE', utf16(person, true)],
    ['GB18030', gb18030(person)],
  ])('is read in %s, whatever its chunks are', async (encoding, bytes) => {
    for (const chunk of [1, 2, 3, 7, 100_000]) {
      const table = await readTable(bytes, { chunk });
      expect(table).toMatchObject({ format: 'csv', encoding, columns });
      expect(cellsOf(table)).toEqual(people);
    }
  });

  it('shows its encoding late: thousands of rows of ASCII come first', async () => {
    const ascii = '1,2\r\n'.repeat(30_000);
    for (const [encoding, bytes] of [
      ['GB18030', gb18030(`a,b\r\n${ascii}1,王`)],
      ['UTF-8', Buffer.from(`a,b\r\n${ascii}1,王`)],
    ] as const) {
      const table = await openTable(inChunks(bytes, 20_000));
      expect(table.encoding()).toBe('ASCII');
      expect((await collect(table.rows)).at(-1)).toMatchObject({ number: 30_002, cells: ['1', '王'] });
      expect(table.encoding()).toBe(encoding);
    }
  });

  it('with a few wrong bytes is not taken for another encoding: the rows with them fail', async () => {
    const [before = '', after = ''] = person.split('李');
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xe6, 0x9d]), Buffer.from(after)]);
    const { encoding, rows } = await readTable(bytes);
    expect(encoding).toBe('UTF-8');
    expect(rows.map(({ problem }) => problem)).toMatchObject([
      undefined,
      { code: 'CELL_UNREADABLE', row: 3, column: 1 },
    ]);
  });

  it.each([
    [',', 'CRLF', '\r\n'],
    ['\t', 'LF', '\n'],
    [';', 'CR', '\r'],
    ['|', 'LF', '\n'],
  ])('may have the separator "%s" and %s', async (separator, _, lineBreak) => {
    const lines = [
      ['手机号', '地址', '备注'],
      ['13812345678', `"深圳,南山;科技园|1\t号"`, '"a ""b""\n2"'],
      ['1', '', ''],
    ];
    const text = lines.map((cells) => cells.join(separator)).join(lineBreak) + lineBreak.repeat(3);
    expect(cellsOf(await readTable(text, { chunk: 1 }))).toEqual([
      ['13812345678', '深圳,南山;科技园|1\t号', 'a "b"\n2'],
      ['1', '', ''],
    ]);
  });

  it('is numbered as Excel does: blank rows count and are left out, columns without a name may be blank', async () => {
    const { columns: names, rows } = await readTable('sep=;\r\n手机号;姓名;;\n\n1;a;;\n;\n2;"b\nc";\n\n\n');
    expect(names).toEqual(columns);
    expect(rows.map(({ number, cells }) => [number, ...cells])).toEqual([
      [3, '1', 'a'],
      [5, '2', 'b\nc'],
    ]);
  });

  it('may have quotation marks in cells without, and numbers that are formulas of texts', async () => {
    const text = '手机号,卡号,备注\n="13812345678",="0,1",5"管\n"=""0012""", "a",="a"&"b"\n1,"b" ,=\n';
    for (const chunk of [1, 1_000])
      expect(cellsOf(await readTable(text, { chunk }))).toEqual([
        ['13812345678', '0,1', '5"管'],
        ['0012', ' "a"', '="a"&"b"'],
        ['1', 'b', '='],
      ]);
  });

  it('has rows that fail alone', async () => {
    const { rows } = await readTable(
      `手机号,姓名\n1,a,b\n2,"\0"\n3,${'x'.repeat(40_000)}\n4,d\n5\n6,"a"b\n7,"a\n"b,8\n9,c`,
    );
    expect(rows.map(({ number, problem }) => [number, problem?.code, problem?.column])).toEqual([
      [2, 'CELLS_TOO_MANY', 2],
      [3, 'CELL_HAS_NUL', 1],
      [4, 'CELL_TOO_LONG', 1],
      [5, undefined, undefined],
      [6, undefined, undefined],
      [7, 'QUOTE_MISPLACED', undefined],
      // Two lines: the first quotation mark is closed in the second.
      [8, 'QUOTE_MISPLACED', undefined],
      [9, undefined, undefined],
    ]);
  });

  it('of JSON lines has the keys as columns, and problems of single lines', async () => {
    const lines = [
      { phone: '13812345678', points: 5, ok: true },
      { phone: 13_812_345_679, level: null },
      { phone: 'x', points: { a: 1 } },
    ].map((line) => JSON.stringify(line));
    const late = Array.from({ length: 100 }, () => lines[0]);
    const text = [
      ...lines,
      '',
      '{"phone":',
      '[1]',
      '{"phone":12345678901234567890}',
      ...late,
      '{"new":1}',
    ].join('\r\n');
    const { format, columns: names, rows } = await readTable(text, { chunk: 11 });
    expect([format, names]).toEqual(['jsonl', ['phone', 'points', 'ok', 'level']]);
    expect(rows.slice(0, 6).map(({ number, cells, problem }) => [number, cells[0], problem?.code])).toEqual([
      [1, '13812345678', undefined],
      [2, '13812345679', undefined],
      [3, 'x', 'JSON_NESTED'],
      [5, '', 'JSON_MALFORMED'],
      [6, '', 'JSON_NOT_OBJECT'],
      // Its digits are not exact any more, and it shows.
      [7, '1.2345678901234567e+19', undefined],
    ]);
    expect(rows.at(-1)?.problem).toMatchObject({ code: 'JSON_KEY_UNKNOWN', row: 108 });
  });
});

describe('a file that cannot be read', () => {
  const compound = (name: string): Buffer =>
    Buffer.concat([
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
      Buffer.from(name, 'utf16le'),
    ]);
  test.each<[name: string, bytes: Uint8Array | string, problem: object, options?: object]>([
    ['without a byte', '', { code: 'FILE_EMPTY' }],
    ['of white space', ' \r\n', { code: 'FILE_EMPTY' }],
    ['of the old Excel', compound('Workbook'), { code: 'FILE_IS_XLS' }],
    ['with a password', compound('EncryptedPackage'), { code: 'FILE_ENCRYPTED' }],
    ['called .xlsx in the old container', compound('?'), { code: 'FILE_ENCRYPTED' }, { fileName: 'a.xlsx' }],
    ['of HTML', '<html><table>', { code: 'FILE_IS_MARKUP' }, { fileName: 'a.xls' }],
    ['of a JSON array', '[ {"phone":1}]', { code: 'FILE_IS_JSON' }],
    ['of a JSON array of texts', '["phone"]', { code: 'FILE_IS_JSON' }, { fileName: 'a.json' }],
    ['of gzip', Buffer.from([0x1f, 0x8b, 8]), { code: 'FILE_IS_ARCHIVE' }],
    ['of PDF', '%PDF-1.7', { code: 'FILE_TYPE_UNKNOWN' }],
    ['of bytes', Buffer.from([1, 0, 2]), { code: 'FILE_TYPE_UNKNOWN' }],
    ['in no known encoding', Buffer.from([0x61, 0x2c, 0xff, 0xff, 0xff]), { code: 'ENCODING_UNREADABLE' }],
    ['with a header only', person.slice(0, 8), { code: 'ROWS_MISSING' }],
    ['of blank rows', '手机号,姓名\n,\n', { code: 'ROWS_MISSING' }],
    ['without a header', '13812345678,,王小明\n', { code: 'HEADER_MISSING', row: 1 }],
    ['with a nameless column', '手机号,,姓名\n1,2,3', { code: 'HEADER_EMPTY', row: 1, column: 1 }],
    [
      'with a name twice',
      '手机号,姓名, 手机号（必填）\n1,2,3',
      { code: 'HEADER_DUPLICATE', row: 1, column: 2 },
    ],
    ['with an open quotation mark', '手机号,姓名\n1,"a\n2,b\n', { code: 'QUOTE_OPEN', row: 2 }],
    [
      'with a row of 2 MB',
      `手机号,姓名\n1,a\n2,${'b'.repeat(2_000_000)}`,
      { code: 'RECORD_TOO_LONG', row: 3 },
    ],
    ['with a line of 2 MB', `{"a":1}\n{"a":"${'b'.repeat(2_000_000)}`, { code: 'RECORD_TOO_LONG', row: 2 }],
    [
      'with 300 columns',
      `${Array.from({ length: 300 }, (_, i) => `c${i}`).join()}\n1,2`,
      { code: 'COLUMNS_TOO_MANY' },
    ],
    ['with too many bytes', person, { code: 'FILE_TOO_LARGE' }, { limits: { maxBytes: 60 } }],
    ['with too many rows', person, { code: 'ROWS_TOO_MANY', row: 3 }, { limits: { maxRows: 1 } }],
  ])('%s is refused with the rule', async (_, bytes, problem, options = {}) => {
    expect(await refusal(bytes, options)).toMatchObject(problem);
  });

  it('is told in both languages, with the place and without a cell', async () => {
    const error: unknown = await readTable('手机号,姓名\n13812345678,"王小明\n').catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      code: 'BAD_USER_INPUT',
      publicMessage: ['Row 2: a quotation mark is never closed.', '第 2 行：引号没有闭合。'],
    });
    expect(JSON.stringify([error, String(error), (error as Error).cause])).not.toMatch(/138|王/);
  });

  it('lets its source go', async () => {
    let isReleased = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(Buffer.from('%PDF-1.7'.repeat(10_000)));
      } finally {
        isReleased = true;
      }
    }
    await expect(openTable(source())).rejects.toThrow(FileError);
    expect(isReleased).toBe(true);
  });

  it('passes on what its source throws, and lets the source go', async () => {
    let isReleased = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield await Promise.resolve(Buffer.from(person));
        yield Buffer.alloc(100_000, 'a,b\n');
        throw new Error('the client left');
      } finally {
        isReleased = true;
      }
    }
    const table = await openTable(source());
    await expect(collect(table.rows)).rejects.toThrow('the client left');
    expect(isReleased).toBe(true);
  });
});

describe('reading', () => {
  it('lets other work have its turn every 16 KiB, though all bytes are at hand', async () => {
    const bytes = Buffer.from(`手机号,姓名\n${'13812345678,王小明\n'.repeat(60_000)}`);
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const table = await openTable(inChunks(bytes, bytes.length));
    let rows = 0;
    for await (const { number } of table.rows) rows = number - 1;
    isOver = true;
    expect(rows).toBe(60_000);
    expect(turns).toBeGreaterThan(bytes.length / 16_384);
  });

  it('asks the source for no more than is read', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('手机号,姓名\n');
      for (;;) {
        asked += 1;
        yield await Promise.resolve(Buffer.from('1,a\n'.repeat(1_000)));
      }
    }
    const table = await openTable(endless());
    let rows = 0;
    for await (const _ of table.rows) {
      rows += 1;
      if (rows === 50_000) break;
    }
    // 16 chunks are looked at before.
    expect(asked).toBeLessThan(50 + 20);
  });

  it('ends when the table is closed', async () => {
    const table = await openTable(inChunks(Buffer.from(person)));
    const rows = table.rows[Symbol.asyncIterator]();
    await rows.next();
    await table.close();
    expect(await rows.next()).toEqual({ done: true, value: undefined });
  });
});
