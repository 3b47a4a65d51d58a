export interface Source {
  readonly title: string;
  /** Route and number of the document. */
  readonly document: string;
  /** The version that was read, yyyy-MM or yyyy-MM-dd. */
  readonly date: string;
}

/** The documents of WeChat Pay from which the rules are taken. */
export const sources = {
  createTemplate2025: { title: '创建会员卡模板', document: 'partner 4015336970', date: '2025-06-22' },
  importByPhone: { title: '根据手机号导入用户会员卡', document: 'partner 4015336982', date: '2025-06-22' },
  updateCard2025: { title: '修改用户会员卡信息', document: 'brand 4015582719', date: '2025-07-25' },
  createTemplate: { title: '创建会员卡模板', document: 'partner 4015336970', date: '2026-08' },
  updateTemplate: { title: '修改会员卡模板', document: 'partner 4015336977', date: '2026-08' },
  invalidateTemplate: { title: '作废会员卡模板', document: 'partner 4015336972', date: '2026-08' },
  updateCard: { title: '修改用户会员卡信息', document: 'partner 4015336985', date: '2026-08' },
  confirmCard: { title: '同步会员开卡结果', document: 'partner 4015336979', date: '2026-08' },
  invalidateCard: { title: '作废用户会员卡', document: 'partner 4015336983', date: '2026-08' },
  importByOpenid: { title: '根据 OpenID 导入用户会员卡', document: 'partner 4015336981', date: '2026-08' },
  preAuthToken: { title: '预授权', document: 'partner 4015336986', date: '2026-08' },
  feed: { title: '同步会员动态', document: 'partner 4015336987', date: '2026-08' },
  points: { title: '同步积分余额', document: 'partner 4015897280', date: '2026-08' },
  exchange: { title: '同步积分兑券结果', document: 'partner 4015897268', date: '2026-08' },
  createActivity: { title: '创建品牌会员发券活动', document: 'partner 4016464918', date: '2026-08' },
  updateActivity: { title: '修改品牌会员发券活动', document: 'partner 4016588044', date: '2026-08' },
  terminateActivity: { title: '终止品牌会员发券活动', document: 'partner 4016588028', date: '2026-08' },
  errorTable: { title: '错误码', document: 'partner 4015336970', date: '2026-08' },
  dataRules: { title: '接口规则', document: 'partner 4012081726', date: '2026-08' },
  notifyUrlRules: { title: 'notify_url 填写注意事项', document: 'brand 4015407551', date: '2026-08' },
  encryption: { title: '敏感信息加密', document: 'partner 4013059044', date: '2026-08' },
  thisServer: { title: 'a rule of this server', document: 'none', date: '2026-11' },
} as const satisfies Readonly<Record<string, Source>>;

export type SourceName = keyof typeof sources;
