import type { FindingKind } from './finding-kind';

/** Kinds of findings of the call limits and of their ceilings. */
export const budgetFindingKinds = {
  'budget.ceilingNearlyUsed': {
    levels: ['warning'],
    meaning: [
      'Calls of users took at least 80 % of the ceiling of a brand or caller in each of the last 5 minutes. Refusals may follow.',
      '某品牌或调用方的前台调用在最近 5 分钟的每一分钟内，均达到其用量上限的 80 %，调用可能很快被拒绝。',
    ],
    action: [
      'As for `budget.ceilingReached`, before calls are refused.',
      '同 `budget.ceilingReached`，并请在调用被拒绝之前处理。',
    ],
  },
  'budget.ceilingReached': {
    levels: ['warning'],
    meaning: [
      'At least 3 calls were refused in the last 60 s, because their brand or caller may use no more of the limit.',
      '最近 60 秒内，至少 3 次调用因其品牌或调用方已达用量上限而被拒绝。',
    ],
    action: [
      'Read who it is in `detail`; send background work with `lane: bulk`, or raise the `ceiling`.',
      '在 `detail` 中查看是哪个品牌或调用方；后台任务请使用 `lane: bulk`，或调高 `ceiling`。',
    ],
  },
  'budget.exhausted': {
    levels: ['warning'],
    meaning: [
      'At least 3 calls found no slot before their deadline in the last 60 s.',
      '最近 60 秒内，至少 3 次调用在时限内未取得配额。',
    ],
    action: [
      'Find who uses the budget with `budgetUse`; send background work with `Priority: u=7`.',
      '用 `budgetUse` 查明用量来源；后台任务请携带 `Priority: u=7`。',
    ],
  },
  'budget.nearlyUsed': {
    levels: ['warning'],
    meaning: [
      'A brand or service provider used at least 80 % of a call limit in each of the last 5 minutes.',
      '某品牌或服务商在最近 5 分钟的每一分钟内，用量均达到限频值的 80 %。',
    ],
    action: [
      'As for `budget.exhausted`, or apply for a higher limit at WeChat Pay and set it in `limits`.',
      '同 `budget.exhausted`；或向微信支付申请提高频率，并写入 `limits`。',
    ],
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
