import { createRefusalFinder, type Refusal } from '../../../src/graphql/refusals/refusals';

const refusal = (...says: readonly string[]): Refusal => ({ says, code: 'INVALID', en: 'No.', zh: '否。' });

describe('the refusal that a message means', () => {
  test('is the most specific one, whatever the order of the table', () => {
    const general = refusal('AppID无效');
    const special = refusal('积分跳转AppID无效');
    for (const table of [
      [general, special],
      [special, general],
    ]) {
      const find = createRefusalFinder(table);
      expect(find('积分跳转AppID无效或与品牌 ID 没有绑定关系')).toBe(special);
      expect(find('AppID无效或与品牌 ID 没有绑定关系')).toBe(general);
    }
  });

  test('is found by any of its sentences, without regard to spaces, case and 模版 for 模板', () => {
    const known = refusal('会员卡模版无效', 'OpenID 无效');
    const find = createRefusalFinder([known]);
    for (const message of ['会员卡模板无效', '会员卡模版 无效,请重试', 'openid无效', 'OpenID 无效'])
      expect(find(message)).toBe(known);
  });

  test('is none where no sentence is contained', () => {
    const find = createRefusalFinder([refusal('该手机号已被导入过')]);
    expect(find('')).toBeUndefined();
    expect(find('该手机号')).toBeUndefined();
  });
});
