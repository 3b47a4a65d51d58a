/** Messages of rows that needed no call, or whose outcome is unknown. */
export const rowTexts = {
  en: {
    earlierRow: 'Row {row} of the file is about the same member.',
    earlierOperation: 'An earlier operation has imported this member, or does so now.',
    laterRow: 'Row {row} of the file changes the same card later.',
    superseded: 'A later row or operation changes the same card.',
    cardNotFound: 'WeChat Pay has no card with this code and openid.',
    differs: 'Differs in: {columns}.',
    nothingToUpdate: 'The card exists, and the row has no values to update.',
    openidUnknown:
      'The card exists, but its openid is not known here, and WeChat Pay updates no card without it. Add the openid and update the card.',
    otherCard: 'The member has a card already, but not with this code and openid. Nothing was changed.',
    unknown: 'The row was sent, and its outcome could not be found out. Look at the card before you retry.',
  },
  zh: {
    earlierRow: '文件第 {row} 行为同一会员。',
    earlierOperation: '此前的任务已导入或正在导入该会员。',
    laterRow: '文件第 {row} 行会再次修改同一张会员卡。',
    superseded: '之后的行或任务会修改同一张会员卡。',
    cardNotFound: '微信支付没有该会员卡号与 openid 对应的会员卡。',
    differs: '不一致：{columns}。',
    nothingToUpdate: '会员卡已存在，该行没有需要更新的内容。',
    openidUnknown: '会员卡已存在，但未知其 openid，无法更新。请补充 openid 后以更新任务提交。',
    otherCard: '该会员已有会员卡，但会员卡号或 openid 与该行不同，未作任何修改。',
    unknown: '请求已发送，但无法确认结果。重试前请先查询该会员卡。',
  },
} as const;
