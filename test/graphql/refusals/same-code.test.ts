import { upstreamUserErrors } from '../../../src/graphql/refusals/upstream-user-errors';
import { refusal } from '../../../src/wechatpay/transport/reply-errors';
import { checkInput, importedCard, template, updatedCard } from '../../support/check-input';

type Mutation = Parameters<typeof checkInput>[0];

const begin = '2026-01-01T00:00:00+08:00';
const end = '2026-12-31T00:00:00+08:00';
const changed = (change: object): readonly [Mutation, object] => [
  'updateCardTemplate',
  { brandId: '1004', cardId: 'c', ...change },
];
const changedValidity = (validDateInformation: object) => changed({ validDateInformation });
const created = (change: object): readonly [Mutation, object] => [
  'createCardTemplate',
  { ...template, ...change },
];
const imported = (change: object): readonly [Mutation, object] => [
  'importUserCardByPhone',
  { ...importedCard, ...change },
];
const answered = (flag: string, value: string): readonly [Mutation, object] => [
  'updateUserCard',
  { ...updatedCard, userInformation: { commonFieldList: [{ name: flag, value }] } },
];
const jump = { jumpAppid: 'wx1', jumpPath: '/a' };
const custom = { name: '运动', type: 'RADIO', values: ['跑步'] };

/** What WeChat Pay would say of an input that this server does not send. */
const cases: readonly (readonly [sentence: string, ...ofInput: readonly [Mutation, object]])[] = [
  [
    '固定时间范围的开始时间不能大于结束时间',
    ...changedValidity({ fixTimeRange: { availableBeginTime: end, availableEndTime: begin } }),
  ],
  ['领取后有效天数必须大于0', ...changedValidity({ fixTerm: { availableDayAfterReceive: 0 } })],
  [
    '领取后有效天数不能大于30年（10958 天）',
    ...changedValidity({ fixTerm: { availableDayAfterReceive: 10_959 } }),
  ],
  ['会员中心跳转AppID或路径为空', ...changed({ memberInformation: { jumpAppid: 'wx1' } })],
  ['会员码跳转AppID或路径为空', ...changed({ codeJumpInformation: { jumpPath: '/a' } })],
  ['付费会员价格必须大于 0', ...changed({ purchaseInformation: { price: 0, ...jump } })],
  ['卡名称太长，支持最长10个中文字、英文字符、标点', ...changed({ cardTitle: '一二三四五六七八九十多' })],
  ['用户信息通用字段存在重复项', ...changed({ userInformation: { commonFieldList: ['SEX', 'SEX'] } })],
  [
    '商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符',
    ...changed({ userInformation: { customFieldList: [custom, custom] } }),
  ],
  ['是否展示会员等级为 true，必填会员初始等级信息', ...created({ initLevel: null })],
  [
    '会员码型为跳转商家小程序，必填会员码跳转信息',
    ...created({ codeType: 'JUMP_MINI_PROGRAM', codeJumpInformation: null }),
  ],
  ['用户信息通用字段中，生日格式不正确', ...answered('BIRTHDAY', '1990-2-3')],
  ['用户信息通用字段中，邮箱格式不正确', ...answered('EMAIL', 'a')],
  ['用户信息通用字段中，性别格式不正确', ...answered('SEX', 'M')],
  ['用户信息通用字段中，城市格式不正确', ...answered('CITY', '深圳')],
  ['用户卡code 无效，只能包含数字、英文、半角标点', ...imported({ userCardCode: '一' })],
  ['领取时间必须早于当前时间', ...imported({ pickupTime: '2099-01-01T00:00:00+08:00' })],
  ['无法导入已过期的会员卡', ...imported({ pickupTime: '2020-01-01T00:00:00+08:00' })],
];

describe('a check before a call', () => {
  test.each(cases)('has the code and the place of %s', async (sentence, mutation, input) => {
    const [own, ...more] = await checkInput(mutation, input);
    expect(more).toEqual([]);
    const [theirs] =
      upstreamUserErrors(
        refusal({
          route: 'partner',
          status: 400,
          body: JSON.stringify({ code: 'PARAM_ERROR', message: sentence }),
          requestId: undefined,
          verified: true,
          retryAfter: undefined,
          values: [],
        }),
        'en',
        input,
      ) ?? [];
    expect(own?.code).toBe(theirs?.code);
    // Ours may name the entry of a list.
    expect(own?.field.slice(0, theirs?.field?.length)).toEqual(theirs?.field);
  });
});
