import { inspect } from 'node:util';
import fc from 'fast-check';
import { redactSentence } from '../../src/shared/redact-sentence';
import { Sentence } from '../../src/shared/sentence';
import { relativeCost } from '../support/relative-cost';

/** Values as callers enter them: names, phone numbers, codes, openids, texts, and arbitrary ones. */
const value = fc.oneof(
  fc.constantFrom(
    '张三',
    '欧阳娜娜',
    '13812345678',
    '金卡会员',
    'o1004-member-00028',
    'a@b.cn',
    '北京市海淀区1号',
  ),
  fc.stringMatching(/^[0-9]{6,20}$/),
  fc.stringMatching(/^[A-Za-z0-9_-]{6,32}$/),
  fc.string({ minLength: 2, maxLength: 40, unit: 'grapheme' }).filter((text) => text.trim().length >= 2),
);
const words = fc.constantFrom('参数错误:', '手机号“', '”已存在', ' value=', '，不能为空。', '(', ')');

/** A value and how WeChat Pay could quote it. */
const quoted = value.chain((given) =>
  fc
    .constantFrom(
      given,
      given.toUpperCase(),
      JSON.stringify(given),
      encodeURIComponent(given),
      `  ${given}  `,
    )
    .map((text) => ({ given, text })),
);

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s/g, '');

describe('a redacted sentence of WeChat Pay', () => {
  test('contains no value of the request, in any form', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(words, quoted), { minLength: 1, maxLength: 4 }), words, (parts, end) => {
        const sentence = parts.map(([word, { text }]) => word + text).join('') + end;
        const values = parts.map(([, { given }]) => given);
        const shown = fold(redactSentence(sentence, values));
        for (const given of values) {
          // The text around the value proves nothing.
          const frame = fold(parts.map(([word]) => word).join('') + end);
          const folded = fold(given.trim());
          if (folded.length >= 2 && !frame.includes(folded)) expect(shown).not.toContain(folded);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('contains no value that WeChat Pay shortened', () => {
    for (const [given, text] of [
      ['北京市海淀区中关村大街1号院', '地址“北京市海淀区中关村…”过长'],
      ['oABCDE-fghij', '用户 oABCDE-fg... 不存在'],
      ['北京市海淀区中关村大街1号院', '地址“…中关村大街1号院”过长'],
    ] as const) {
      const shown = redactSentence(text, [given]);
      expect(shown).toContain('…');
      expect(shown).not.toMatch(/海淀|关村|oABC/);
    }
  });

  test('contains no run of digits, even if the request did not contain it', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9]{5,20}$/),
        fc.constantFrom('', ' ', '-', '*'),
        words,
        (digits, separator, word) => {
          const shown = redactSentence(word + digits.split('').join(separator) + word, []);
          expect(shown.replace(word, '')).not.toMatch(/\d/);
        },
      ),
    );
    for (const text of ['138****5678', '（010）6234 5678', '１３８１２３４５６７８', '2026-11-26 10:00:00'])
      expect(redactSentence(`值${text}有误`, [])).not.toMatch(/\p{Nd}{3}/u);
  });

  test('contains no e-mail address and no identifier', () => {
    for (const secret of [
      'zhang.san+1@example.com',
      'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
      '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      'dGhpcyBpcyBhIGNpcGhlcnRleHQ=',
      'wxea9c30890f48d5ae',
    ])
      expect(redactSentence(`参数 ${secret} 有误`, [])).toBe('参数 … 有误');
  });

  test('keeps what explains: field names, paths, header names, limits', () => {
    for (const text of [
      '输入源“/body/user_information/common_field_list/0/name”映射到值字段“姓名”字符串规则校验失败，字节数 99，大于最大值 40',
      'available_day_after_receive 不能大于 1095 天',
      '平台证书序列号Wechatpay-Serial错误',
      '认证类型须为 WECHATPAY2-SHA256-RSA2048',
      'USER_FORM_FLAG_BIRTHDAY 未定义',
    ])
      expect(redactSentence(text, ['钻石会员', 'M-28'])).toBe(text);
  });

  test('hides a single character only between spaces or punctuation', () => {
    expect(redactSentence('姓名“李”不合法，李子', ['李'])).toBe('姓名“…”不合法，李子');
  });

  test('is one line of a few hundred characters at most', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 800, unit: 'binary' }), fc.array(fc.string()), (text, values) => {
        const shown = redactSentence(text, values);
        expect(shown.length).toBeLessThanOrEqual(401);
        expect(shown).not.toMatch(/[\p{Cc}\n]/u);
      }),
    );
    // A value at the end of the text that is read is not missed.
    const long = `${'13812345678 '.repeat(170)}张三丰是姓名 ${'长'.repeat(400)}`;
    expect(redactSentence(long.slice(0, 2_050), ['张三丰是姓名很长的人'])).not.toContain('张三');
  });

  test('is computed quickly even for a hostile text', async () => {
    for (const unit of ['1 ', 'a', '@', 'a@', '<', '/a', '*1']) {
      const text = unit.repeat(500_000);
      const values = ['a'.repeat(20_000), '1 '.repeat(5_000)];
      expect(await relativeCost(() => redactSentence(text, values), { below: 1_000 })).toBeLessThan(1_000);
    }
  });
});

describe('a sentence', () => {
  const sentence = new Sentence('会员卡模版 无效：张三，ＣＯＤＥ', ['张三']);

  test('can be searched for known words, ignoring spaces, case, width and 模版', () => {
    for (const words of ['会员卡模板无效', '模版 无效:', 'code']) expect(sentence.contains(words)).toBe(true);
    expect(sentence.contains('会员卡模板已过期')).toBe(false);
    expect(sentence.matches(/模板无效:/)).toBe(true);
  });

  test('never reveals its original', () => {
    const copies = [
      inspect(sentence, { depth: 9, showHidden: true }),
      JSON.stringify(sentence),
      sentence.text,
    ];
    for (const copy of copies) expect(copy).not.toContain('张三');
    expect(sentence.text).toBe('会员卡模版 无效：…，ＣＯＤＥ');
  });
});
