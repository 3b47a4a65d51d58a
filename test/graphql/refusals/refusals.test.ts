import { createRefusalFinder, type Refusal } from '../../../src/graphql/refusals/refusals';
import { Sentence } from '../../../src/shared/sentence';

const refusal = (...says: readonly string[]): Refusal => ({ says, code: 'INVALID', en: 'No.', zh: '否。' });
const said = (text: string) => ({ sentence: new Sentence(text) });

describe('the refusal that a message means', () => {
  test('is the most specific one, in any order of the table', () => {
    const general = refusal('AppID无效');
    const special = refusal('积分跳转AppID无效');
    for (const table of [
      [general, special],
      [special, general],
    ]) {
      const find = createRefusalFinder(table);
      expect(find(said('积分跳转AppID无效或与品牌 ID 没有绑定关系'))).toBe(special);
      expect(find(said('AppID无效或与品牌 ID 没有绑定关系'))).toBe(general);
    }
  });

  test('is found by any of its sentences, ignoring spaces, case and 模版 for 模板', () => {
    const known = refusal('会员卡模版无效', 'OpenID 无效');
    const find = createRefusalFinder([known]);
    for (const message of ['会员卡模板无效', '会员卡模版 无效,请重试', 'openid无效', 'OpenID 无效'])
      expect(find(said(message))).toBe(known);
  });

  test('is undefined if no sentence occurs', () => {
    const find = createRefusalFinder([refusal('该手机号已被导入过')]);
    expect(find(said(''))).toBeUndefined();
    expect(find(said('该手机号'))).toBeUndefined();
  });

  test('is found by the number in the Request-ID if its sentence is unknown, e.g. in English', () => {
    const sentence = refusal('该手机号已被导入过');
    const number = { ...refusal('用户已有待激活的会员卡'), numbers: [268575528] };
    const find = createRefusalFinder([sentence, number]);
    const requestId = '08F78BB5AF0610D302-268575528';
    expect(find({ ...said('The user has a card that waits'), requestId })).toBe(number);
    expect(find({ requestId })).toBe(number);
    expect(find({ ...said('该手机号已被导入过'), requestId })).toBe(sentence);
    expect(find({ ...said('x'), requestId: '268575528-08F7' })).toBeUndefined();
    expect(find({ ...said('x'), requestId: '08F7-268575529' })).toBeUndefined();
  });
});
