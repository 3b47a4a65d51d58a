import { createRowReader } from '../../../src/bulk/files/row-reader';
import { previewRows } from '../../../src/bulk/files/mask';
import { rowProblem } from '../../../src/bulk/files/problem';

const read = createRowReader(
  'IMPORT_BY_PHONE',
  { phoneNumber: 0, userCardCode: 1, validBegin: 2, validEnd: 3, level: 4 },
  { level: '普通' },
);

describe('a row', () => {
  it('has normalised values, and defaults where a cell is empty', () => {
    expect(read({ number: 2, cells: ['+86 138 1234 5678', "'001", '2026/1/1', '46352', ''] })).toEqual({
      number: 2,
      problems: [],
      values: {
        phoneNumber: '13812345678',
        userCardCode: '001',
        validBegin: '2026-01-01T00:00:00+08:00',
        validEnd: '2026-11-26T23:59:59+08:00',
        level: '普通',
      },
    });
  });

  it('tells all that is wrong at once, with row and column, in both languages and without a value', () => {
    const { values, problems } = read({ number: 7, cells: ['1.38E+10', '', '26-11-26', '永久', '金卡'] });
    expect(values).toEqual({ level: '金卡', permanent: true });
    expect(problems.map(({ code, column }) => [code, column])).toEqual([
      ['DIGITS_LOST', 0],
      ['REQUIRED', 1],
      ['TIME_AMBIGUOUS', 2],
    ]);
    expect(problems.map(({ texts }) => texts)).toEqual([
      [
        'Row 7, column A: phone number was shortened by Excel, so digits are missing; format the column as text and enter it again from the source.',
        '第 7 行 A 列：手机号已被 Excel 显示为科学计数法，部分数字丢失，请将该列设为文本格式并从原始数据重新填写。',
      ],
      ['Row 7, column B: card code must not be empty.', '第 7 行 B 列：会员卡号必填。'],
      [
        'Row 7, column C: valid from does not say which number is the year, the month and the day; write it as 2026-11-26.',
        '第 7 行 C 列：有效期开始无法区分年、月、日，请写成 2026-11-26 的形式。',
      ],
    ]);
  });

  it.each([
    [
      ['2026-01-01', ''],
      ['validEnd', 'VALIDITY_INCOMPLETE'],
    ],
    [
      ['', '2026-01-01'],
      ['validBegin', 'VALIDITY_INCOMPLETE'],
    ],
    [
      ['2026-01-01', '永久'],
      ['permanent', 'VALIDITY_CONFLICT'],
    ],
  ])('with the validity %s is refused', (validity, problem) => {
    const { problems } = read({ number: 2, cells: ['13812345678', '1', ...validity, ''] });
    expect(problems.map((one) => ['field' in one && one.field, one.code])).toEqual([problem]);
  });

  it('that could not be read has the problem of its reading', () => {
    const problem = rowProblem('CELLS_TOO_MANY', { row: 3, column: 9 });
    expect(read({ number: 3, cells: ['13812345678', '1', '', '', ''], problem })).toEqual({
      number: 3,
      values: {},
      problems: [problem],
    });
  });
});

describe('a preview', () => {
  const columns = ['手机号', '姓名', 'openid', '会员卡号', '等级', '到期时间', '积分', '备注', '邮箱'];

  it('masks every value but those that tell nothing about a person', () => {
    const cells = [
      '138 1234 5678',
      '王小明',
      'oLTPCuN5a-nBD4rAL_fa9V26ds5k',
      '100200300',
      '金卡',
      '2026/11/26',
      '1,200',
      '欠 50 元',
      'wang@example.com',
    ];
    expect(previewRows(columns, [{ number: 2, cells }])[0]?.cells).toEqual([
      '138****5678',
      '王**',
      'o***k',
      '1***0',
      '金卡',
      '2026/11/26',
      '1,200',
      '欠***元',
      'w***m',
    ]);
  });

  it('masks a value under the wrong header', () => {
    const cells = ['', '王', '12', '123', '13812345678', '王小明', '王小明', '', ''];
    expect(previewRows(columns, [{ number: 2, cells }])[0]?.cells).toEqual([
      '',
      '***',
      '***',
      '***',
      '1***8',
      '***',
      '***',
      '',
      '',
    ]);
  });

  it('has 20 rows', () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      number: index + 2,
      cells: ['', '', '', '', '', '', '', '', ''],
    }));
    expect(previewRows(columns, rows)).toHaveLength(20);
  });
});
