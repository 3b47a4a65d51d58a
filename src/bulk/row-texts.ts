/** Messages of rows that needed no call, or whose outcome is unknown. */
export const rowTexts = {
  en: {
    earlierRow: 'Row {row} of the file is about the same member.',
    earlierOperation: 'An earlier operation has imported this member, or does so now.',
    superseded: 'A later row or operation changes the same card.',
    unknown: 'The row was sent, and its outcome could not be found out. Look at the card before you retry.',
  },
  zh: {
    earlierRow: '文件第 {row} 行为同一会员。',
    earlierOperation: '此前的任务已导入或正在导入该会员。',
    superseded: '之后的行或任务会修改同一张会员卡。',
    unknown: '请求已发送，但无法确认结果。重试前请先查询该会员卡。',
  },
} as const;
