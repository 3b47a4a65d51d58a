import { guessColumns } from '../../../src/bulk/files/guess-columns';
import type { BulkKind } from '../../../src/bulk/files/kinds';
import { createRowReader } from '../../../src/bulk/files/row-reader';
import { gb18030 } from '../../support/gb18030';
import { readTable, workbookOf } from '../../support/table-files';

/** The whole way of a file, as an import goes it: values of the good rows, reasons of the bad ones. */
const throughAll = async (bytes: Uint8Array, kind: BulkKind): Promise<readonly unknown[]> => {
  const { columns, rows } = await readTable(bytes, { chunk: 4_096 });
  const { mapping, missing, ambiguous } = guessColumns(columns, kind);
  expect([missing, ambiguous]).toEqual([[], []]);
  const read = createRowReader(kind, mapping);
  return rows.map((row) => {
    const { values, problems } = read(row);
    return problems.length === 0 ? values : problems.map(({ texts: [, zh] }) => zh);
  });
};

const cell = (reference: string, text: string): string =>
  `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
const line = (row: number, texts: readonly string[]): string =>
  `<row r="${row}">${texts.map((text, column) => (text.startsWith('<') ? text.replace('?', `${String.fromCharCode(65 + column)}${row}`) : cell(`${String.fromCharCode(65 + column)}${row}`, text))).join('')}</row>`;

describe('an export', () => {
  it('of a shop platform: GB18030, a tab before each number, times of the database', async () => {
    const text = [
      '客户姓名,手机号,会员卡号,会员等级,成为会员时间,积分',
      '王小明,\t13812345678,\t6222021234567890123,黄金会员,2025-03-01 10:20:30,"1,200"',
      '"李,雷",\t139****5678,\t0002,,2025-03-02 10:20:30,0',
      ',\t,\t0003,普通会员,0000-00-00 00:00:00,0',
      '',
    ].join('\r\n');
    expect(await throughAll(gb18030(text), 'IMPORT_BY_PHONE')).toEqual([
      {
        name: '王小明',
        phoneNumber: '13812345678',
        userCardCode: '6222021234567890123',
        level: '黄金会员',
        pickupTime: '2025-03-01T10:20:30+08:00',
      },
      ['第 3 行 B 列：手机号部分数字被星号隐藏，请导出完整号码。'],
      ['第 4 行 B 列：手机号必填。', '第 4 行 E 列：领取时间日期或时间不存在。'],
    ]);
  });

  it('of a marketing console: XLSX with titles above the header, phones and dates as numbers', async () => {
    const bytes = await workbookOf({
      styles: '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
      sheet: [
        line(1, ['会员信息导出']),
        line(2, ['导出时间：', '2026-11-26 09:00', '导出人：', '店长']),
        line(4, ['序号', '会员手机号（必填）', '会员卡号（必填）', '等级', '有效期开始', '有效期至']),
        line(5, [
          '<c r="?"><v>1</v></c>',
          '<c r="?"><v>13812345678</v></c>',
          '<c r="?"><v>100001</v></c>',
          ' 金卡 ',
          '<c r="?" s="1"><v>46023</v></c>',
          '<c r="?" s="1"><v>46387</v></c>',
        ]),
        line(6, [
          '<c r="?"><v>2</v></c>',
          '<c r="?" t="e"><v>#N/A</v></c>',
          '<c r="?"><v>6.22202123456789E+18</v></c>',
        ]),
        line(7, ['合计：2 人']),
      ].join(''),
    });
    expect(await throughAll(bytes, 'IMPORT_BY_PHONE')).toEqual([
      {
        phoneNumber: '13812345678',
        userCardCode: '100001',
        level: '金卡',
        validBegin: '2026-01-01T00:00:00+08:00',
        validEnd: '2026-12-31T23:59:59+08:00',
      },
      [
        '第 6 行 B 列：手机号是 Excel 的错误值，请修正公式。',
        '第 6 行 C 列：会员卡号已被 Excel 显示为科学计数法，部分数字丢失，请将该列设为文本格式并从原始数据重新填写。',
      ],
      ['第 7 行 B 列：手机号必填。', '第 7 行 C 列：会员卡号必填。'],
    ]);
  });

  it('of a till: tabs in UTF-16, as Excel saves "Unicode text", opened and saved again', async () => {
    const text =
      '会员信息\t\t\t\r\n微信openid\t会员号\t可用积分\t备注\r\noLTPCuN5a-nBD4rAL_fa9V26ds5k\t１００2\t1,200 分\t"一\n二"\r\noLTPCuN5a-nBD4rAL_fa9V26ds5l\t1.00E+15\t12.5\t\r\n';
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(await throughAll(bytes, 'SYNC_USER_POINTS')).toEqual([
      { openid: 'oLTPCuN5a-nBD4rAL_fa9V26ds5k', userCardCode: '1002', pointBalance: 1_200 },
      [
        '第 4 行 B 列：会员卡号已被 Excel 显示为科学计数法，部分数字丢失，请将该列设为文本格式并从原始数据重新填写。',
        '第 4 行 C 列：积分须为整数。',
      ],
    ]);
  });

  it('of a CRM in English: semicolons, lines of Unix, states', async () => {
    const text =
      'sep=;\nopenid;Card No.;Membership level;Status;Valid until\no1;A-1;Gold;active;never\no2;A-2;;closed;\n';
    expect(await throughAll(Buffer.from(text), 'COMPARE')).toEqual([
      { openid: 'o1', userCardCode: 'A-1', level: 'Gold', userCardState: 'EFFECTIVE', permanent: true },
      ['第 3 行 D 列：会员卡状态须为待激活、已生效、已过期或已失效。'],
    ]);
  });
});
