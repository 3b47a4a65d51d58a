import { brief, checkInput, checkTime, importedCard, updatedCard } from '../../../support/check-input';

const importing = async (change: object) =>
  brief(await checkInput('importUserCardByPhone', { ...importedCard, ...change }));
const updating = async (change: object) =>
  brief(await checkInput('updateUserCard', { ...updatedCard, ...change }));
const at = (ms: number): string => new Date(ms).toISOString();
const dayMs = 86_400_000;

describe('a field of a card', () => {
  test.each([
    ['cardId', ['pbLatjvWOibDc5-TBnbUk1pD12o0'], ['', 'p/1', 'p'.repeat(33)]],
    ['openid', ['obLatjnx9gnqzS4myYGmLZ7LgLBA', 'o'.repeat(128)], ['', 'o 1', 'o'.repeat(129)]],
    [
      'userCardCode',
      ['478515832665', 'A-1_!"#~', '...', 'x'.repeat(32)],
      ['', 'a b', '会员', 'a\uff01', '.', '..', 'x'.repeat(33)],
    ],
    [
      'phoneNumber',
      [
        '13812345678',
        '+85291234567',
        '1381234 5678',
        '138-1234-5678',
        '１３８１２３４５６７８',
        '+86 138 1234 5678',
        '8613812345678',
        '008613812345678',
        '02112345678',
        '10086',
        '1234567890',
      ],
      [
        '',
        '1234',
        '1'.repeat(16),
        '12812345678',
        '1381234567',
        '138123456789',
        '+861381234567',
        '+8612812345678',
        '138１234567a',
        '13812345678 ext',
      ],
    ],
    [
      'level',
      ['', '钻石会员', '一二三四五六七八九十', 'VIP\t金'],
      ['一二三四五六七八九十多', ' ', '\u200b\u202e', '\u3000\u2800'],
    ],
    ['attach', ['', 'a'.repeat(256), '{\n\t"a": 1\r\n}'], ['a'.repeat(257), '🙂', '\n\t', 'a\u0000']],
  ] as const)('%s accepts what the documents allow and refuses the rest', async (field, good, bad) => {
    for (const value of good) expect([value, await updating({ [field]: value })]).toEqual([value, []]);
    for (const value of bad) {
      const [found, ...more] = await updating({ [field]: value });
      expect([value, found, more]).toEqual([
        value,
        expect.stringMatching(`^(userCard\\.key\\.)?${field} (INVALID|TOO_LONG)$`),
        [],
      ]);
    }
  });
});

describe('an answer', () => {
  const answer = (name: string, value: string) =>
    updating({
      userInformation: {
        commonFieldList: [
          { name: 'ADDRESS', value: '深圳' },
          { name, value },
        ],
      },
    });

  test.each([
    ['SEX', ['男', '女'], ['M', '男女', '男 ']],
    [
      'BIRTHDAY',
      ['2015-05-20', '2024-02-29'],
      ['2015-2-3', '2015-02-30', '2023-02-29', '2015-05-20T00:00:00Z'],
    ],
    ['EMAIL', ['a.b+c@d-e.com.cn'], ['a', 'a@b', '@b.cn', 'a b@c.cn', 'a@b@c.cn']],
    ['CITY', ['广东,深圳'], ['深圳', '广东,深圳,南山', ',深圳', '广东,']],
    ['NAME', ['张三', '李𬱖', '𠮷野家'], ['', '张\u0000三', '\uD842', ' ']],
  ] as const)('to %s has the format that the documents prescribe', async (name, good, bad) => {
    for (const value of good) expect([value, await answer(name, value)]).toEqual([value, []]);
    for (const value of bad)
      expect([value, await answer(name, value)]).toEqual([
        value,
        [`userInformation.commonFieldList.1.value ${name === 'NAME' ? 'INVALID' : 'FORM_ANSWER_MALFORMED'}`],
      ]);
  });

  test('fits the encryption: at most 214 bytes of UTF-8', async () => {
    expect(await answer('NAME', `${'张'.repeat(71)}a`)).toEqual([]);
    expect(await answer('NAME', '张'.repeat(72))).toEqual([
      'userInformation.commonFieldList.1.value TOO_LONG',
    ]);
  });

  test('is given once for each field', async () => {
    const twice = { name: 'NAME', value: '张三' };
    expect(await updating({ userInformation: { commonFieldList: [twice, twice] } })).toEqual([
      'userInformation.commonFieldList.1 FORM_FIELD_DUPLICATE',
    ]);
  });

  test('to a custom field has 1 to 10 values of at most 8 characters, in one field', async () => {
    const answers = (...lists: string[][]) =>
      updating({
        userInformation: {
          customFieldList: lists.map((userChosenValues) => ({ name: '运动', userChosenValues })),
        },
      });
    expect(await answers(Array.from({ length: 10 }, () => '一二三四五六七八'))).toEqual([]);
    expect(await answers([])).toEqual(['userInformation.customFieldList.0.userChosenValues INVALID']);
    expect(await answers(['足球', '一二三四五六七八九'])).toEqual([
      'userInformation.customFieldList.0.userChosenValues.1 TOO_LONG',
    ]);
    expect(await answers(['a'], ['b'])).toEqual(['userInformation.customFieldList TOO_LONG']);
  });
});

describe('a time', () => {
  test.each([
    '2015-05-20T13:29:35+08:00',
    '2020-05-20T13:29:35.120+08:00',
    '2024-02-29T00:00:00Z',
    '2020-05-20T13:29:35.123456-11:30',
  ])('may be %s', async (pickupTime) => {
    expect(await importing({ pickupTime, validDateInformation: undefined })).toEqual([]);
  });

  test.each([
    ['2015-05-20T13:29:35', 'INVALID'],
    ['2015-05-20 13:29:35+08:00', 'INVALID'],
    ['2015-05-20t13:29:35z', 'INVALID'],
    ['2015-02-30T13:29:35+08:00', 'INVALID'],
    ['2023-02-29T13:29:35+08:00', 'INVALID'],
    ['2015-13-01T13:29:35+08:00', 'INVALID'],
    ['2015-05-20T24:00:00+08:00', 'INVALID'],
    ['2015-05-20T13:60:00+08:00', 'INVALID'],
    ['2015-05-20T13:29:35+0800', 'INVALID'],
    ['2015-05-20T13:29:35+24:00', 'INVALID'],
    ['2015-05-20T13:29:35.+08:00', 'INVALID'],
    ['2015-05-20', 'INVALID'],
    ['', 'INVALID'],
    ['2026-05-20T13:29:35.1234567+08:00', 'TOO_LONG'],
  ])('may not be %j', async (pickupTime, code) => {
    expect(await importing({ pickupTime })).toEqual([`pickupTime ${code}`]);
  });
});

describe('pickupTime', () => {
  test('is required for FIX_TERM only', async () => {
    expect(await importing({ pickupTime: undefined })).toEqual(['pickupTime REQUIRED']);
    expect(await importing({ pickupTime: undefined, validDateInformation: undefined })).toEqual([]);
    expect(
      await importing({ pickupTime: undefined, validDateInformation: { permanent: 'PERMANENT' } }),
    ).toEqual([]);
  });

  test('is in the past', async () => {
    expect(await importing({ pickupTime: at(checkTime - 1) })).toEqual([]);
    expect(await importing({ pickupTime: at(checkTime) })).toEqual(['pickupTime INVALID']);
    // Later on the clock face, earlier in time.
    expect(await importing({ pickupTime: '2026-11-21T12:30:00+09:00' })).toEqual([]);
  });

  test('is not so long ago that the card would have expired', async () => {
    const validDateInformation = { fixTerm: { availableDayAfterReceive: 30 } };
    // Calendar days in Beijing, whatever the offset of the pickup: 10-22 and 30 days end with 11-21, the day of the check.
    for (const pickupTime of [
      '2026-10-22T00:00:00+08:00',
      '2026-10-21T16:00:00Z',
      at(checkTime - 30 * dayMs),
    ])
      expect([pickupTime, await importing({ validDateInformation, pickupTime })]).toEqual([pickupTime, []]);
    for (const pickupTime of [
      '2026-10-21T23:59:59+08:00',
      '2026-10-21T15:59:59Z',
      '1960-01-01T00:00:00+08:00',
    ])
      expect([pickupTime, await importing({ validDateInformation, pickupTime })]).toEqual([
        pickupTime,
        ['pickupTime CARD_EXPIRED'],
      ]);
  });

  test('is not reported if the range is over', async () => {
    const range = (availableEndTime: string) => ({
      pickupTime: undefined,
      validDateInformation: {
        fixTimeRange: { availableBeginTime: '2020-01-01T00:00:00+08:00', availableEndTime },
      },
    });
    expect(await importing(range(at(checkTime + 1)))).toEqual([]);
    const [found, ...more] = await checkInput('importUserCardByPhone', {
      ...importedCard,
      ...range(at(checkTime)),
    });
    expect(found).toEqual({
      field: ['input', 'validDateInformation', 'fixTimeRange', 'availableEndTime'],
      code: 'CARD_EXPIRED',
      message: 'availableEndTime is in the past: an expired card cannot be imported.',
    });
    expect(more).toEqual([]);
  });
});

describe('the other inputs about a card', () => {
  const { phoneNumber: _, ...silent } = importedCard;
  const byOpenid = { ...silent, openid: updatedCard.openid };
  const key = {
    brandId: updatedCard.brandId,
    cardId: updatedCard.cardId,
    openid: updatedCard.openid,
    userCardCode: updatedCard.userCardCode,
  };

  test.each<[string, Parameters<typeof checkInput>[0], object, readonly string[]]>([
    ['an import by openid needs no phone number', 'importUserCardByOpenid', byOpenid, []],
    [
      'an import by openid has the rules of an import',
      'importUserCardByOpenid',
      { ...byOpenid, openid: 'o 1', phoneNumber: '1', level: ' ', pickupTime: undefined },
      ['level INVALID', 'openid INVALID', 'phoneNumber INVALID', 'pickupTime REQUIRED'],
    ],
    [
      'a confirmation takes what an update takes',
      'confirmUserCard',
      { ...updatedCard, userCardConfirmState: 'FAIL' },
      [],
    ],
    [
      'a confirmation has the rules of an update',
      'confirmUserCard',
      { ...key, userCardConfirmState: 'SUCCESS', userCardCode: '会员', attach: 'a'.repeat(257) },
      ['attach TOO_LONG', 'userCard.key.userCardCode INVALID'],
    ],
    ['an invalidation needs no reason', 'invalidateUserCard', key, []],
    [
      'an invalidation has a reason of at most 32 characters',
      'invalidateUserCard',
      { ...key, cardId: 'p/1', invalidReason: '因'.repeat(33) },
      ['invalidReason TOO_LONG', 'userCard.key.cardId INVALID'],
    ],
  ])('%s', async (_name, mutation, input, expected) => {
    expect([...brief(await checkInput(mutation, input))].sort()).toEqual(expected);
  });
});
