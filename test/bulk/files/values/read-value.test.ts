import fc from 'fast-check';
import type { ValueKind } from '../../../../src/bulk/files/columns';
import { readValue } from '../../../../src/bulk/files/values/read-value';
import { valueRules } from '../../../../src/bulk/files/values/value-rules';
import { seedFromEnvironment } from '../../../support/random';

/** The value, the rule in brackets, or nothing. */
const read = (kind: ValueKind, cell: string): unknown => {
  const result = readValue(kind, cell);
  if (result === undefined) return undefined;
  if ('rule' in result) return `[${result.rule}]`;
  return 'permanent' in result ? 'permanent' : result.value;
};

const cases: Readonly<Partial<Record<ValueKind, readonly (readonly [cell: string, value: unknown])[]>>> = {
  phone: [
    ['13812345678', '13812345678'],
    ["'13812345678", '13812345678'],
    ['\t13812345678 \u00a0', '13812345678'],
    ['\ufeff138\u200b12345678', '13812345678'],
    ['１３８１２３４５６７８', '13812345678'],
    ['+86 138-1234-5678', '13812345678'],
    ['86-13812345678', '13812345678'],
    ['0086 13812345678', '13812345678'],
    ['13812345678.0', '13812345678'],
    ['1.3812345678E+10', '13812345678'],
    ['1.38123E+10', '[DIGITS_LOST]'],
    ['1.38E+10', '[DIGITS_LOST]'],
    ['1E+10', '[DIGITS_LOST]'],
    ['138****5678', '[PHONE_MASKED]'],
    ['139100', '139100'],
    ['1391001', '1391001'],
    ['13812345', '13812345'],
    ['1381234567', '[PHONE_MALFORMED]'],
    ['138123456789', '[PHONE_MALFORMED]'],
    ['13812345678,13912345678', '[PHONE_MALFORMED]'],
    ['王小明', '[PHONE_MALFORMED]'],
    ['#N/A', '[CELL_ERROR]'],
    ['########', '[CELL_ERROR]'],
    ['无', undefined],
    ['-', undefined],
    ['NULL', undefined],
    ["'", undefined],
    ['\u200b', undefined],
  ],
  code: [
    ["'0012", '0012'],
    ['Ａ－１２', 'A-12'],
    ['1.23456789012346E+17', '[DIGITS_LOST]'],
    ['6.22202123456789e+15', '[DIGITS_LOST]'],
    ['1.2345678901E+10', '12345678901'],
    ['12E5', '12E5'],
    ['#REF!', '[CELL_ERROR]'],
  ],
  text: [
    [' 金卡\u200b ', '金卡'],
    ["'90后", '90后'],
    ['ＶＩＰ', 'ＶＩＰ'],
    ['无', '无'],
    ['—', undefined],
  ],
  beginTime: [
    ['2026-11-26', '2026-11-26T00:00:00+08:00'],
    ['2026/1/6', '2026-01-06T00:00:00+08:00'],
    ['2026.11.26', '2026-11-26T00:00:00+08:00'],
    ['2026年11月26日', '2026-11-26T00:00:00+08:00'],
    ['20261126', '2026-11-26T00:00:00+08:00'],
    ['20261126083000', '2026-11-26T08:30:00+08:00'],
    ['2026-11-26 8:30', '2026-11-26T08:30:00+08:00'],
    ['2026/11/26  08:30:15.123', '2026-11-26T08:30:15+08:00'],
    ['2026年11月26日8时30分15秒', '2026-11-26T08:30:15+08:00'],
    ['2026/11/26 下午 8:30', '2026-11-26T20:30:00+08:00'],
    ['2026-11-26T00:30:00Z', '2026-11-26T00:30:00Z'],
    ['2026-11-26T08:30:00+0800', '2026-11-26T08:30:00+08:00'],
    ['46352', '2026-11-26T00:00:00+08:00'],
    ['46352.354166666664', '2026-11-26T08:30:00+08:00'],
    ['26/11/2026', '2026-11-26T00:00:00+08:00'],
    ['11/26/2026', '2026-11-26T00:00:00+08:00'],
    ['10/11/2026', '[TIME_AMBIGUOUS]'],
    ['26-11-26', '[TIME_AMBIGUOUS]'],
    ['2026-02-29', '[TIME_IMPOSSIBLE]'],
    ['2026-13-01', '[TIME_IMPOSSIBLE]'],
    ['2026-11-26 24:30', '[TIME_IMPOSSIBLE]'],
    ['2026-11-26T08:30:00+99:00', '[TIME_IMPOSSIBLE]'],
    ['1764115200', '[TIME_MALFORMED]'],
    ['明天', '[TIME_MALFORMED]'],
    ['永久有效', '[TIME_MALFORMED]'],
  ],
  endTime: [
    ['2026-11-26', '2026-11-26T23:59:59+08:00'],
    ['46352', '2026-11-26T23:59:59+08:00'],
    ['2026-11-26 00:00:00', '2026-11-26T00:00:00+08:00'],
    ['永久有效', 'permanent'],
  ],
  day: [
    ['1990/1/31', '1990-01-31'],
    ['19900131', '1990-01-31'],
  ],
  points: [
    ['1,234', 1_234],
    ['１２３４ 分', 1_234],
    ['1,234,567.00', 1_234_567],
    ['-5', -5],
    ['0', 0],
    ['-0', 0],
    ['1.234E+3', 1_234],
    ['1.2E+3', '[DIGITS_LOST]'],
    ['12.5', '[NUMBER_MALFORMED]'],
    ['1,23', '[NUMBER_MALFORMED]'],
    ['(5)', '[NUMBER_MALFORMED]'],
    ['9007199254740993', '[NUMBER_TOO_LARGE]'],
    ['', undefined],
  ],
  days: [['365天', 365]],
  flag: [
    ['是', true],
    ['TRUE', true],
    ['1', true],
    ['否', false],
    ['无', false],
    ['也许', '[FLAG_MALFORMED]'],
  ],
  state: [
    ['已生效', 'EFFECTIVE'],
    ['effective', 'EFFECTIVE'],
    ['作废', 'INVALID'],
    ['？', '[STATE_UNKNOWN]'],
  ],
  sex: [
    ['女士', '女'],
    ['M', '男'],
    ['保密', undefined],
    ['1', '[SEX_UNKNOWN]'],
  ],
  openid: [[' oLTPCuN5a-nBD4rAL_fa9V26ds5k ', 'oLTPCuN5a-nBD4rAL_fa9V26ds5k']],
};

describe.each(Object.entries(cases) as readonly [ValueKind, readonly (readonly [string, unknown])[]][])(
  'a cell of %s',
  (kind, rows) => {
    it.each(rows)('"%s" is %s', (cell, value) => {
      expect(read(kind, cell)).toEqual(value);
    });
  },
);

describe('reading a value', () => {
  const seed = seedFromEnvironment();
  const mobile = fc
    .tuple(fc.constantFrom(...'3456789'), fc.stringMatching(/^\d{9}$/))
    .map(([second, rest]) => `1${second}${rest}`);

  it(`never guesses a digit of a phone number that Excel shows in exponent form (SEED=${seed})`, () => {
    fc.assert(
      fc.property(mobile, fc.integer({ min: 0, max: 10 }), (number, digits) => {
        const shown = Number(number).toExponential(digits).toUpperCase();
        const result = read('phone', shown);
        expect([number, '[DIGITS_LOST]']).toContain(result);
        expect(result === number).toBe(digits === 10);
      }),
      { seed },
    );
  });

  it(`reads what it has read as the same (SEED=${seed})`, () => {
    const kinds = Object.keys(cases) as ValueKind[];
    const known = Object.values(cases).flatMap((rows) => rows.map(([cell]) => cell));
    const cell = fc.oneof(fc.constantFrom(...known), fc.string({ unit: 'binary' }), mobile);
    fc.assert(
      fc.property(fc.constantFrom(...kinds), cell, (kind, text) => {
        const first = readValue(kind, text);
        if (first === undefined || !('value' in first) || typeof first.value === 'boolean') return;
        // Free text may be as much of an apostrophe or a dash as it likes.
        if (['text', 'word', 'code', 'openid'].includes(kind)) return;
        expect(readValue(kind, String(first.value))).toEqual(first);
      }),
      { seed, numRuns: 500 },
    );
  });

  it(`reads any text in a time that grows with its length (SEED=${seed})`, () => {
    const parts = ['1', '.', 'E+', ' ', "'", '-', ',', '年', '\u200b', '*', '('];
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.constantFrom(...parts), (one, other) => {
        for (const kind of Object.keys(cases) as ValueKind[])
          expect(() => readValue(kind, (one + other).repeat(16_000))).not.toThrow();
      }),
      { seed, numRuns: 30 },
    );
  });

  it('has a sentence for each rule in both languages', () => {
    for (const [en, zh] of Object.values(valueRules)) {
      expect(en).toMatch(/^(?:must|is|was|does|hides) .*[^.]$/);
      expect(zh).toMatch(/[\u4e00-\u9fff]/);
      expect(zh).not.toMatch(/[,;()。]|:(?!\d)/);
    }
  });
});
