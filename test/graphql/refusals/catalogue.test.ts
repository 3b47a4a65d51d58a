import { errorTables } from '../../../src/documents/error-tables';
import { FixTimeRangeInput, ValidityInput } from '../../../src/graphql/inputs/validity.input';
import { userErrorCodes } from '../../../src/graphql/inputs/user-error-code';
import { permissionRefusals } from '../../../src/graphql/refusals/member-service-refusals';
import {
  namedRefusal,
  refusals,
  upstreamUserErrors,
} from '../../../src/graphql/refusals/upstream-user-errors';
import { AppError } from '../../../src/shared/errors';
import { Sentence } from '../../../src/shared/sentence';
import { refusal } from '../../../src/wechatpay/transport/reply-errors';

const tables = errorTables;
/** Listed by every interface. The caller cannot avoid 401, 429 and 500. */
const common = [
  { status: 400, code: 'PARAM_ERROR', message: '参数错误' },
  { status: 400, code: 'INVALID_REQUEST', message: 'HTTP 请求不符合微信支付 APIv3 接口规则' },
];
const documented = Object.entries(tables).flatMap(([name, rows]) =>
  [...common, ...rows].map((row) => [name, row.message, row] as const),
);

const errorOf = ({ status, code, message }: (typeof common)[number]): AppError =>
  refusal({
    route: 'partner',
    status,
    body: JSON.stringify({ code, message }),
    requestId: '08F7-268575822',
    verified: true,
    retryAfter: undefined,
    values: [],
  });

/** A form with every answer whose format can be refused. */
const input = {
  pickupTime: '2026-01-01T00:00:00+08:00',
  userInformation: {
    commonFieldList: ['SEX', 'BIRTHDAY', 'EMAIL', 'CITY'].map((flag) => ({
      name: `USER_FORM_FLAG_${flag}`,
      value: 'x',
    })),
  },
};

describe('every documented refusal', () => {
  test('is covered: the tables have as many rows as the documents', () => {
    expect(documented.length).toBe(180 + 2 * 22);
  });

  test.each(documented)('of %s has a code of its own: %s', (_, __, row) => {
    const error = errorOf(row);
    for (const language of ['en', 'zh'] as const) {
      const [found] = upstreamUserErrors(error, language, input) ?? [];
      expect(found?.code).not.toBe('UPSTREAM_REJECTED');
      expect(found?.wechatMessage).toBe(new Sentence(row.message).text);
      expect(namedRefusal(error, language)).toMatchObject({ code: found?.code, message: found?.message });
      expect(found?.message).toMatch(
        language === 'en' ? /^[\x20-\x7e×男女省份城市]+\.$/ : /\p{Script=Han}.*。$/u,
      );
    }
  });

  test('that needs another reaction differs in code or field within its interface', () => {
    for (const [name, rows] of Object.entries(tables)) {
      const reactions = new Map<string, string>();
      for (const row of [...common, ...rows]) {
        const [found] = upstreamUserErrors(errorOf(row), 'en', input) ?? [];
        const key = `${name} ${String(found?.code)} ${found?.field?.join('.') ?? ''}`;
        expect([key, reactions.get(key) ?? found?.message]).toEqual([key, found?.message]);
        reactions.set(key, found?.message ?? '');
      }
    }
  });
});

describe('the catalogue', () => {
  const all = [...refusals, ...permissionRefusals];

  test('has no two rows with the same code and place', () => {
    const places = all.map(({ code, at, entry }) => [code, at ?? '', entry ?? ''].join(' '));
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });

  test('has no sentence and no number twice', () => {
    for (const keys of [all.flatMap(({ says }) => says), all.flatMap(({ numbers }) => numbers ?? [])])
      expect(new Set<unknown>(keys).size).toBe(keys.length);
  });

  test('identifies each case by its number alone, in any language', () => {
    for (const { numbers = [], code } of all)
      for (const number of numbers) {
        const error = refusal({
          route: 'brand',
          status: 400,
          body: '{"code":"INVALID_REQUEST","message":"See the documentation"}',
          requestId: `08F78BB5AF0610D302-${number}`,
          verified: true,
          retryAfter: undefined,
          values: [],
        });
        expect([number, namedRefusal(error, 'en')?.code]).toEqual([number, code]);
      }
  });

  test('can reach every row by a sentence or a number', () => {
    for (const { says, numbers = [] } of all) expect(says.length + numbers.length).toBeGreaterThan(0);
  });

  test('uses every code that is not for our own rules', () => {
    const ownRules = ['NO_CHANGE'];
    const used = new Set<string>([...all.map(({ code }) => code), ...ownRules, 'UPSTREAM_REJECTED']);
    expect(Object.keys(userErrorCodes).filter((code) => !used.has(code))).toEqual([]);
  });

  test('has Chinese with full-width punctuation', () => {
    for (const { zh } of all)
      expect(zh.replace('省份,城市', '')).not.toMatch(/\p{Script=Han}[,:;]|[,:;]\p{Script=Han}/u);
  });
});

describe('the place of a refusal', () => {
  const refused = (detail: object, message = '参数错误') =>
    refusal({
      route: 'partner',
      status: 400,
      body: JSON.stringify({ code: 'PARAM_ERROR', message, detail }),
      requestId: undefined,
      verified: true,
      retryAfter: undefined,
      values: [],
    });
  const given = {
    level: 'x',
    validDateInformation: Object.assign(new ValidityInput(), {
      fixTimeRange: Object.assign(new FixTimeRangeInput(), { availableEndTime: 'x' }),
    }),
    ...input,
  };
  const fieldOf = (error: AppError) => upstreamUserErrors(error, 'en', given)?.[0]?.field?.join('.');

  test.each([
    ['/level', 'input.level'],
    ['/body/level', 'input.level'],
    ['level', 'input.level'],
    ['/user_information/common_field_list/0/name', 'input.userInformation.commonFieldList.0.name'],
    ['user_information.common_field_list[1].value', 'input.userInformation.commonFieldList.1.value'],
    // WeChat Pay has no object for an alternative, and no field here has its type's word.
    ['/valid_date_information/type', 'input.validDateInformation'],
    [
      '/valid_date_information/available_end_time',
      'input.validDateInformation.fixTimeRange.availableEndTime',
    ],
    ['/valid_date_information/available_day_after_receive', 'input.validDateInformation'],
    // No path is invented for what the input does not have.
    ['/valid_date_information/unknown', 'input.validDateInformation'],
    ['/user_information/common_field_list/9/name', 'input.userInformation.commonFieldList'],
    ['/unknown', undefined],
    ['/constructor', undefined],
    ['/__proto__', undefined],
    ['', undefined],
  ])('is read from detail.field %j', (field, expected) => {
    expect(fieldOf(refused({ field }))).toBe(expected);
  });

  test('is read from the sentence if detail has none', () => {
    expect(fieldOf(refused({}, '输入源“/body/level”映射到值字段“等级”字符串规则校验失败'))).toBe(
      'input.level',
    );
  });

  test('is the field of the catalogue if detail contradicts it, and detail if it is more exact', () => {
    expect(fieldOf(refused({ field: '/level' }, '付费会员价格必须大于 0'))).toBe(
      'input.purchaseInformation.price',
    );
    expect(
      fieldOf(refused({ field: '/user_information/common_field_list/2' }, '用户信息通用字段存在重复项')),
    ).toBe('input.userInformation.commonFieldList.2');
  });

  test('is the form answer with the wrong format', () => {
    expect(fieldOf(refused({}, '用户信息通用字段中，邮箱格式不正确'))).toBe(
      'input.userInformation.commonFieldList.2.value',
    );
  });
});
