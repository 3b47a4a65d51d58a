import { columnIds, ruleOf } from '../../../src/bulk/files/columns';
import { guessColumns } from '../../../src/bulk/files/guess-columns';
import { columnIdOf, headerKey } from '../../../src/bulk/files/headers';
import { bulkKinds, columnsOfKind, kindRuleOf } from '../../../src/bulk/files/kinds';
import { toInput } from '../../../src/bulk/files/to-input';
import { interfaceRules } from '../../../src/documents/interface-rules';
import type { FieldRule } from '../../../src/documents/field-rule';

describe('a header', () => {
  it.each([
    ['手机号', 'phoneNumber'],
    [' 手机号码（必填） ', 'phoneNumber'],
    ['*手机', 'phoneNumber'],
    ['客户手机号', 'phoneNumber'],
    ['Mobile_Phone', 'phoneNumber'],
    ['ＰＨＯＮＥ', 'phoneNumber'],
    ['会员卡号', 'userCardCode'],
    ['会员卡 CODE', 'userCardCode'],
    ['OpenID', 'openid'],
    ['会员等级', 'level'],
    ['会员卡等级', 'level'],
    ['到期时间', 'validEnd'],
    ['valid_until', 'validEnd'],
    ['会员积分', 'pointBalance'],
    ['客户姓名', 'name'],
    ['会员', undefined],
    ['备注', undefined],
    ['（）', undefined],
  ])('"%s" names %s', (header, id) => {
    expect(columnIdOf(header)).toBe(id);
  });

  it('names one column, whatever it is called', () => {
    const names = columnIds.flatMap((id) => {
      const { en, zh, aliases } = ruleOf(id);
      return [...new Set([id, en, zh, ...aliases.split('|')].map(headerKey))];
    });
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });
});

describe('the guess', () => {
  it('maps what fits, and tells what is missing and what is not used', () => {
    expect(guessColumns(['序号', '姓名', '手机', '等级', '备注'], 'IMPORT_BY_PHONE')).toEqual({
      mapping: { phoneNumber: 2, level: 3, name: 1 },
      ambiguous: [],
      missing: ['userCardCode'],
      unused: [0, 4],
      results: [],
    });
  });

  it('never chooses between two columns, unless one has the very name', () => {
    const two = guessColumns(['联系电话', '绑定手机号', '会员卡号'], 'IMPORT_BY_PHONE');
    expect(two.mapping).toEqual({ userCardCode: 2 });
    expect(two.ambiguous).toEqual([{ column: 'phoneNumber', candidates: [0, 1] }]);
    expect(two.missing).toEqual([]);
    expect(guessColumns(['联系电话', '手机号', '会员卡号'], 'IMPORT_BY_PHONE').mapping).toEqual({
      phoneNumber: 1,
      userCardCode: 2,
    });
  });

  it('knows the columns of a file of results, and takes the openid that an import found', () => {
    const columns = ['手机号', '会员卡号', '结果：状态', '结果：代码', '结果：说明', '结果：openid'];
    expect(guessColumns(columns, 'IMPORT_BY_PHONE')).toMatchObject({ results: [2, 3, 4, 5], unused: [] });
    expect(guessColumns(columns, 'UPDATE_USER_CARDS').mapping).toEqual({
      openid: 5,
      userCardCode: 1,
      phoneNumber: 0,
    });
    expect(guessColumns([...columns, 'openid'], 'UPDATE_USER_CARDS').mapping).toMatchObject({ openid: 6 });
  });
});

describe('the table of kinds', () => {
  it.each(bulkKinds)('%s takes fields of its interface, and all that a row must give', (kind) => {
    const rule = kindRuleOf(kind);
    if (rule.interface === undefined) return;
    const fields: Readonly<Record<string, FieldRule>> = interfaceRules[rule.interface].fields;
    const names = columnsOfKind(kind).map((id) => ruleOf(id).upstream ?? '');
    expect(names.filter((name) => fields[name] === undefined)).toEqual([]);
    const given = rule.required.map((id) => ruleOf(id).upstream);
    const ofTheOperation = ['brand_id', 'card_id', 'out_request_no'];
    expect(Object.keys(fields).filter((name) => fields[name]?.required === true)).toEqual(
      expect.arrayContaining(given as string[]),
    );
    expect(
      Object.keys(fields).filter(
        (name) => fields[name]?.required === true && !ofTheOperation.includes(name) && !given.includes(name),
      ),
    ).toEqual([]);
  });

  it('makes the inputs of the mutations', () => {
    const template = { brandId: '1004', cardId: 'c' };
    expect(
      toInput(
        'IMPORT_BY_PHONE',
        { phoneNumber: '1', userCardCode: '2', validBegin: 'b', validEnd: 'e', sex: '女' },
        template,
      ),
    ).toEqual({
      cardTemplate: { key: template },
      phoneNumber: '1',
      userCardCode: '2',
      validDateInformation: { fixTimeRange: { availableBeginTime: 'b', availableEndTime: 'e' } },
      userInformation: { commonFieldList: [{ name: 'USER_FORM_FLAG_SEX', value: '女' }] },
    });
    expect(
      toInput('SYNC_USER_POINTS', { openid: 'o', userCardCode: '2', pointBalance: 0 }, template),
    ).toEqual({
      userCard: { key: { ...template, openid: 'o', userCardCode: '2' } },
      pointBalance: 0,
    });
    expect(toInput('UPDATE_USER_CARDS', { permanent: true, validDays: 3 }, template)).toMatchObject({
      validDateInformation: { permanent: 'PERMANENT' },
    });
    expect(toInput('UPDATE_USER_CARDS', { validDays: 3 }, template)).toMatchObject({
      validDateInformation: { fixTerm: { availableDayAfterReceive: 3 } },
    });
    expect(toInput('COMPARE', { openid: 'o', userCardCode: '2', level: '金卡' }, template)).toEqual({
      userCard: { key: { ...template, openid: 'o', userCardCode: '2' } },
    });
  });
});
