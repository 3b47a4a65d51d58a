import { AppError } from '../../shared/errors';
import type { Texts } from '../../shared/language';

/** The rules of a file as a whole. A file that breaks one of them is refused. */
const fileRules = {
  FILE_EMPTY: ['the file is empty', '文件为空'],
  FILE_TOO_LARGE: ['the file is too large; split it', '文件过大，请拆分后上传'],
  FILE_TYPE_UNKNOWN: [
    'the file is not CSV, JSONL or XLSX; save it as one of them',
    '文件不是 CSV、JSONL 或 XLSX 格式，请另存为其中一种',
  ],
  FILE_IS_XLS: [
    'the file has the old Excel format .xls; open it in Excel and save it as .xlsx',
    '文件为旧版 Excel 格式（.xls），请用 Excel 打开并另存为 .xlsx',
  ],
  FILE_IS_XLSB: [
    'the file has the binary Excel format .xlsb; open it in Excel and save it as .xlsx',
    '文件为 Excel 二进制格式（.xlsb），请用 Excel 打开并另存为 .xlsx',
  ],
  FILE_IS_ARCHIVE: [
    'the file is an archive or another office format, not .xlsx; unpack it or save it as .xlsx',
    '文件是压缩包或其他办公软件格式，不是 .xlsx，请解压后上传或另存为 .xlsx',
  ],
  FILE_IS_MARKUP: [
    'the file is a web page or XML under the name of a table; open it in Excel and save it as .xlsx',
    '文件实为网页或 XML，请用 Excel 打开并另存为 .xlsx',
  ],
  FILE_IS_JSON: [
    'the file is one JSON array; write one JSON object per line (JSONL)',
    '文件是单个 JSON 数组，请改为每行一个 JSON 对象（JSONL）',
  ],
  FILE_ENCRYPTED: [
    'the file is protected by a password; remove the password and save it again',
    '文件受密码保护，请取消密码后重新保存',
  ],
  FILE_DAMAGED: [
    'the file is damaged or incomplete; save it again and upload the whole file',
    '文件已损坏或不完整，请重新保存后完整上传',
  ],
  FILE_INFLATES: [
    'the file unpacks to more data than a table has; save the table alone as CSV',
    '文件解压后的数据量异常，请将该表格单独另存为 CSV',
  ],
  XML_FORBIDDEN: [
    'the file defines XML entities, which no spreadsheet needs; save it again with Excel',
    '文件含有 XML 实体定义，表格文件不应包含，请用 Excel 重新保存',
  ],
  SHEET_NOT_FOUND: ['the file has no such sheet', '文件中没有该工作表'],
  ENCODING_UNREADABLE: [
    'the text is neither UTF-8 nor GB18030; save the file as "CSV UTF-8"',
    '文本既不是 UTF-8 也不是 GB18030 编码，请另存为“CSV UTF-8”',
  ],
  ENCODING_UNAVAILABLE: [
    'the text is not UTF-8, and this server was built without other encodings; save the file as "CSV UTF-8"',
    '文本不是 UTF-8 编码，且本服务器不支持其他编码，请另存为“CSV UTF-8”',
  ],
  HEADER_MISSING: [
    'the first row looks like data; put the names of the columns above it',
    '首行疑似数据，请在其上方添加列名',
  ],
  HEADER_EMPTY: [
    'the column has no name; name it or remove the column',
    '该列没有列名，请填写列名或删除该列',
  ],
  HEADER_DUPLICATE: [
    'the column has the same name as an earlier one; rename or remove one of them',
    '列名与前面的列重复，请改名或删除其中一列',
  ],
  ROWS_MISSING: ['the file has no rows of data', '文件没有数据行'],
  ROWS_TOO_MANY: ['the file has too many rows; split it', '数据行数超过上限，请拆分后上传'],
  COLUMNS_TOO_MANY: ['the file has too many columns', '列数超过上限'],
  RECORD_TOO_LONG: ['the row is too long, or a quotation mark was never closed', '该行过长，或引号没有闭合'],
  QUOTE_OPEN: ['a quotation mark is never closed', '引号没有闭合'],
} as const satisfies Record<string, Texts>;

/** The rules of one row. A row that breaks one of them fails alone; the others are read. */
const rowRules = {
  CELLS_TOO_MANY: ['has a value to the right of the last named column', '在最后一个已命名的列之后还有内容'],
  QUOTE_MISPLACED: [
    'a quotation mark must enclose the whole cell; double each quotation mark inside of it',
    '引号须包住整个单元格，单元格内的引号须写两次',
  ],
  CELL_TOO_LONG: ['is too long', '内容过长'],
  CELL_HAS_NUL: ['has a NUL character', '含有 NUL 字符'],
  CELL_UNREADABLE: [
    'has characters that were lost or are not of the encoding of the file',
    '含有乱码字符，或与文件编码不符',
  ],
  FORMULA_WITHOUT_RESULT: [
    'has a formula without a result; open the file in Excel and save it again',
    '公式没有计算结果，请用 Excel 打开并重新保存',
  ],
  JSON_MALFORMED: ['is not valid JSON', '不是有效的 JSON'],
  JSON_NOT_OBJECT: ['is not a JSON object', '不是 JSON 对象'],
  JSON_NESTED: ['must be a text, a number, true, false or null', '须为文本、数字、true、false 或 null'],
  JSON_KEY_UNKNOWN: [
    'has a key that no object at the beginning of the file has',
    '含有文件开头各对象中未出现的键',
  ],
} as const satisfies Record<string, Texts>;

export type FileRule = keyof typeof fileRules;
export type RowRule = keyof typeof rowRules;

/** Where a problem is, as the user's program shows it. */
export interface Place {
  /** From 1. For text files: of the record, as Excel numbers it. */
  readonly row?: number | undefined;
  /** From 0. */
  readonly column?: number | undefined;
}

/** What is wrong, without any value of the file. */
export interface Problem<Code extends string = string> extends Place {
  readonly code: Code;
  readonly texts: Texts;
}

export type RowProblem = Problem<RowRule>;

/** The letters over a column: 0 is A, 26 is AA. */
export const columnLetters = (column: number): string =>
  (column >= 26 ? columnLetters(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));

/** The text with its place before it. */
export const placed = ({ row, column }: Place, [en, zh]: Texts): Texts => {
  const places = [
    ...(row === undefined ? [] : [[`row ${row}`, `第 ${row} 行`]]),
    ...(column === undefined ? [] : [[`column ${columnLetters(column)}`, `${columnLetters(column)} 列`]]),
  ];
  const whereEn = places.map(([text]) => text).join(', ');
  const whereZh = places.map(([, text]) => text).join(' ');
  const sentence = whereEn === '' ? en : `${whereEn}: ${en}`;
  return [
    `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
    `${whereZh === '' ? '' : `${whereZh}：`}${zh}。`,
  ];
};

export const rowProblem = (code: RowRule, place: Place): RowProblem => ({
  code,
  ...place,
  texts: placed(place, rowRules[code]),
});

/**
 * A file that cannot be read: a BAD_USER_INPUT whose public message names place and rule. It has no cause, because the errors of
 * parsers repeat what they read.
 */
export class FileError extends AppError {
  readonly problem: Problem<FileRule>;

  constructor(code: FileRule, place: Place = {}) {
    const texts = placed(place, fileRules[code]);
    super('BAD_USER_INPUT', `file: ${code}`, { publicMessage: texts });
    this.problem = { code, ...place, texts };
  }
}
