import fc from 'fast-check';
import { brief, checkInput, template } from '../../../support/check-input';

const check = async (change: object) =>
  brief(await checkInput('createCardTemplate', { ...template, ...change }));

const change = async (input: object) =>
  brief(await checkInput('updateCardTemplate', { brandId: '1004', cardId: 'c', ...input }));

const of = (character: string, length: number): string => character.repeat(length);
const url = (length: number): string => `https://wxpaylogo.qpic.cn/${of('x', length - 26)}`;

describe('a field of a new template', () => {
  test.each([
    ['brandId', ['1', of('b', 32)], ['', of('b', 33), 'a/b', '品牌']],
    ['outRequestNo', ['a', of('-', 128)], ['', of('a', 129), 'a b', 'a.b']],
    ['appid', ['wxea9c30890f48d5ae'], ['', of('a', 33), 'wx 1']],
    [
      'cardTitle',
      ['会', '一二三四五六七八九十', 'VIP 1,金!', 'VIP+会员', 'C++', '会员~', '咖啡|茶', '★星钻', 'カード'],
      ['', '一二三四五六七八九十多', '𠮷卡', '🙂', '  '],
    ],
    ['cardColor', ['#FFFF00', '#abcdef'], ['', '#FFF', 'FFFF00', '#GGGGGG', '#FFFF00 ', 'red']],
    [
      'cardPictureUrl',
      [url(256), 'http://mmbiz.qpic.cn/a?b=c'],
      [
        '',
        url(257),
        'wxpaylogo.qpic.cn/x',
        'ftp://a.cn/x',
        'https://u:p@a.cn/x',
        'https://a.cn/图',
        'https:\\\\a.cn',
      ],
    ],
    ['benefits', ['惠', of('惠', 32)], ['', of('惠', 33), 'a\u0000b', '\uD800', '\u3000']],
    ['servicePhone', ['', '010-8877xxxx', of('1', 32)], [of('1', 33)]],
    ['legalAgreement', ['', '一\n二\r\n三', of('约', 20_480)], [of('约', 20_481), 'a\u001b', '🙂', '\n']],
  ] as const)('%s accepts what the documents allow and refuses the rest', async (field, good, bad) => {
    for (const value of good) expect([value, await check({ [field]: value })]).toEqual([value, []]);
    for (const value of bad) {
      const [found, ...more] = await check({ [field]: value });
      expect([value, found, more]).toEqual([
        value,
        expect.stringMatching(`^${field} (INVALID|TOO_LONG)$`),
        [],
      ]);
    }
  });

  test.each([
    ['a character too many', { benefits: of('惠', 33) }, 'benefits TOO_LONG'],
    ['a price of nothing', { purchaseInformation: { price: 0 } }, 'purchaseInformation.price INVALID'],
    [
      'a jump path too long',
      { pointsInformation: { jumpPath: of('/', 129) } },
      'pointsInformation.jumpPath TOO_LONG',
    ],
    [
      'a jump appid too long',
      { balanceInformation: { jumpAppid: of('w', 33) } },
      'balanceInformation.jumpAppid TOO_LONG',
    ],
  ])('is reported with its code: %s', async (_, change, expected) => {
    expect(await check(change)).toEqual([expected]);
  });

  test('counts characters, not UTF-16 units or bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('惠', 'é', 'a'), minLength: 1, maxLength: 64 }),
        async (text) => {
          expect(await check({ benefits: text })).toEqual(text.length > 32 ? ['benefits TOO_LONG'] : []);
        },
      ),
    );
  });

  test('refuses characters of four bytes of UTF-8 and control characters except tab and line break, at any position', async () => {
    const unfit = fc.oneof(
      fc.integer({ min: 0x10000, max: 0x10ffff }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
      fc.integer({ min: 0, max: 0x1f }).filter((one) => ![9, 10, 13].includes(one)),
      fc.integer({ min: 0x7f, max: 0x9f }),
    );
    await fc.assert(
      fc.asyncProperty(unfit, fc.nat(3), async (codePoint, at) => {
        const text = [...'会员卡'];
        text.splice(at, 0, String.fromCodePoint(codePoint));
        expect(await check({ benefits: text.join('') })).toEqual(['benefits INVALID']);
      }),
    );
  });
});

describe('notifyUrl', () => {
  test.each(['https://a.cn/notify', 'https://a.cn:8443/x/y', 'https://101.226.103.1/notify', url(256)])(
    'accepts a full public URL: %s',
    async (notifyUrl) => {
      expect(await check({ notifyUrl })).toEqual([]);
    },
  );

  test.each([
    'http://a.cn/notify',
    'a.cn/notify',
    'https://a.cn',
    'https://a.cn/',
    'https://a.cn/notify?a=b',
    'https://a.cn/notify?',
    'https://a.cn/notify#a',
    'https://user@a.cn/notify',
    'https://localhost/notify',
    'https://shop.local/notify',
    'https://127.0.0.1/notify',
    'https://2130706433/notify',
    'https://0x7f.1/notify',
    'https://10.1.2.3/notify',
    'https://172.31.0.1/notify',
    'https://192.168.1.1/notify',
    'https://169.254.169.254/notify',
    'https://100.100.0.1/notify',
    'https://[::1]/notify',
    'https://a.cn\\@b.cn/notify',
    'https://a.cn/通知',
    ' https://a.cn/notify',
  ])('refuses %s', async (notifyUrl) => {
    expect(await check({ notifyUrl })).toEqual(['notifyUrl INVALID']);
  });
});

describe('fields of a new template that depend on each other', () => {
  test.each([
    ['JUMP_MINI_PROGRAM needs its jump', { codeType: 'JUMP_MINI_PROGRAM', codeJumpInformation: undefined }],
    [
      'a jump without a path is none',
      { codeType: 'JUMP_MINI_PROGRAM', codeJumpInformation: { jumpAppid: 'wx1' } },
    ],
    [
      'a jump without an appid is none',
      { codeType: 'JUMP_MINI_PROGRAM', codeJumpInformation: { jumpPath: '/a' } },
    ],
  ])('%s', async (_, change) => {
    expect(await check(change)).toEqual(['codeJumpInformation REQUIRED']);
  });

  test('needDisplayLevel true needs initLevel; false and absent need none', async () => {
    expect(await check({ initLevel: undefined })).toEqual(['initLevel REQUIRED']);
    expect(await check({ initLevel: '' })).toEqual(['initLevel REQUIRED']);
    expect(await check({ initLevel: of('级', 11) })).toEqual(['initLevel TOO_LONG']);
    expect(await check({ initLevel: '🥈' })).toEqual(['initLevel INVALID']);
    expect(await check({ initLevel: undefined, needDisplayLevel: false })).toEqual([]);
    expect(await check({ initLevel: undefined, needDisplayLevel: undefined })).toEqual([]);
  });

  const begin = { availableBeginTime: '2026-01-01T00:00:00+08:00' };
  const end = { availableEndTime: '2026-12-31T23:59:59+08:00' };
  const days = { availableDayAfterReceive: 30 };

  test.each<[object, readonly string[]]>([
    [{ permanent: 'PERMANENT' }, []],
    [{ fixTerm: days }, []],
    [{ fixTerm: { availableDayAfterReceive: 10_958 } }, []],
    [{ fixTerm: { availableDayAfterReceive: 0 } }, ['fixTerm.availableDayAfterReceive INVALID']],
    [{ fixTerm: { availableDayAfterReceive: 10_959 } }, ['fixTerm.availableDayAfterReceive INVALID']],
    [{ fixTimeRange: { ...begin, ...end } }, []],
    // The same instant in two offsets.
    [{ fixTimeRange: { ...begin, availableEndTime: '2025-12-31T16:00:00Z' } }, []],
    [{ fixTimeRange: { ...begin, availableEndTime: 'soon' } }, ['fixTimeRange.availableEndTime INVALID']],
  ])('%j: %j', async (validDateInformation, expected) => {
    const found = expected.map((one) => `validDateInformation.${one}`);
    expect(await change({ validDateInformation })).toEqual(found);
    expect(await check({ validDateInformation })).toEqual(found);
  });

  test('no range ends before it begins, where a document says so', async () => {
    for (const availableEndTime of ['2025-12-31T23:59:59+08:00', '2026-01-01T00:00:00+09:00']) {
      const validDateInformation = { fixTimeRange: { ...begin, availableEndTime } };
      expect(await change({ validDateInformation })).toEqual([
        'validDateInformation.fixTimeRange.availableEndTime INVALID',
      ]);
      // No row of the page of creation says it.
      expect(await check({ validDateInformation })).toEqual([]);
    }
  });

  test.each<object>([
    {},
    { permanent: null },
    { permanent: true },
    { permanent: 'PERMANENT', fixTerm: days },
    { permanent: 'PERMANENT', fixTerm: null },
    { permanent: 'PERMANENT', ...end },
    { fixTerm: {} },
    { fixTerm: { ...days, ...end } },
    { fixTerm: days, fixTimeRange: { ...begin, ...end } },
    { fixTimeRange: end },
    { fixTimeRange: { ...begin, ...end, ...days } },
    { fixTimeRange: { ...begin, availableEndTime: null } },
    { type: 'FIX_TERM', ...days },
  ])('%j cannot be written', async (validDateInformation) => {
    await expect(change({ validDateInformation })).rejects.toThrow(/validDateInformation/);
    await expect(check({ validDateInformation })).rejects.toThrow(/validDateInformation/);
  });
});

describe('the form of a new template', () => {
  const custom = { type: 'RADIO', name: '运动', values: ['足球'] };
  const flag = 'NAME';
  test.each([
    [
      'a common field twice',
      { commonFieldList: [flag, 'SEX', flag] },
      ['commonFieldList.2 FORM_FIELD_DUPLICATE'],
    ],
    ['two custom fields', { customFieldList: [custom, custom] }, ['customFieldList TOO_LONG']],
    ['no value', { customFieldList: [{ ...custom, values: [] }] }, ['customFieldList.0.values INVALID']],
    [
      'eleven values',
      { customFieldList: [{ ...custom, values: Array.from({ length: 11 }, () => '值') }] },
      ['customFieldList.0.values TOO_LONG'],
    ],
    [
      'a value too long',
      { customFieldList: [{ ...custom, values: ['好', of('长', 9), of('好', 8)] }] },
      ['customFieldList.0.values.1 TOO_LONG'],
    ],
    ['an entry without members', { customFieldList: [{}] }, ['customFieldList.0 REQUIRED']],
    [
      'an empty value',
      { customFieldList: [{ ...custom, values: ['好', ''] }] },
      ['customFieldList.0.values.1 INVALID'],
    ],
    [
      'a name too long',
      { customFieldList: [{ ...custom, name: of('长', 33) }] },
      ['customFieldList.0.name TOO_LONG'],
    ],
  ])('refuses %s at its exact place', async (_, userInformation, expected) => {
    expect(await check({ userInformation })).toEqual(expected.map((found) => `userInformation.${found}`));
  });
});

describe('a change of a template', () => {
  const changing = async (change: object) => [
    ...brief(await checkInput('updateCardTemplate', { brandId: '1004', cardId: 'p1', ...change })),
  ];

  test('changes at least one field', async () => {
    expect(await changing({})).toEqual([' NO_CHANGE']);
    expect(await changing({ userInformation: {} })).toEqual(['userInformation REQUIRED']);
    expect(await changing({ cardTitle: '年卡' })).toEqual([]);
    expect(await changing({ memberInformation: { jumpAppid: 'wx1', jumpPath: '/a' } })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['cardTitle', { cardTitle: '一二三四五六七八九十一' }, 'cardTitle TOO_LONG'],
    ['cardColor', { cardColor: 'yellow' }, 'cardColor INVALID'],
    ['cardPictureUrl', { cardPictureUrl: 'ftp://a/b' }, 'cardPictureUrl INVALID'],
    ['benefits', { benefits: '益'.repeat(33) }, 'benefits TOO_LONG'],
    ['notifyUrl', { notifyUrl: 'http://a.cn/b' }, 'notifyUrl INVALID'],
    ['servicePhone', { servicePhone: ' ' }, 'servicePhone INVALID'],
    ['null', { servicePhone: null, cardTitle: '年卡' }, 'servicePhone INVALID'],
    [
      'a nested null',
      { pointsInformation: { jumpAppid: null, jumpPath: '/a' } },
      'pointsInformation.jumpAppid INVALID',
    ],
    ['memberInformation', { memberInformation: { jumpAppid: 'wx1' } }, 'memberInformation REQUIRED'],
    ['codeJumpInformation', { codeJumpInformation: { jumpPath: '/a' } }, 'codeJumpInformation REQUIRED'],
    [
      'validDateInformation',
      { validDateInformation: { fixTerm: { availableDayAfterReceive: 0 } } },
      'validDateInformation.fixTerm.availableDayAfterReceive INVALID',
    ],
    ['cardId', { cardId: 'p/1' }, 'cardTemplate.key.cardId INVALID'],
  ])('has the rules of %s', async (_, change, broken) => {
    expect(await changing(change)).toEqual([broken]);
  });
});
