/** The Chinese of pages of events and of openings that wait for confirmation, as in chinese.ts. */
export const chineseEvents = {
  'UserCardEventConnection.edges': '本页的事件及其位置。',
  'UserCardEventConnection.nodes': '本页的事件。',
  'UserCardEventConnection.pageInfo': '分页信息。endCursor 为下次查询的起点，本页为空时也会返回。',
  'UserCardEventEdge.cursor': '该事件的 eventId。',
  'UserCardEventEdge.node': '该事件。',
  WaitingOpeningState: '由谁确认开卡。',
  'WaitingOpening.state': '由谁确认开卡。',
  'WaitingOpening.brandId': '所属品牌。',
  'WaitingOpening.cardId': '会员卡模板。',
  'WaitingOpening.openid': '开卡的用户。',
  'WaitingOpening.userCardCode': '会员卡 code；由商家在确认时分配的为 null。',
  'WaitingOpening.createTime': '微信支付创建开卡通知的时间。',
  WaitingOpeningEdge: '一次待确认开卡及其位置。',
  'WaitingOpeningEdge.cursor': '该项的位置，可作为 after 使用。',
  'WaitingOpeningEdge.node': '该次待确认开卡。',
  WaitingOpeningConnection: '待确认开卡的分页列表，不提供总数。',
  'WaitingOpeningConnection.edges': '本页的待确认开卡及其位置。',
  'WaitingOpeningConnection.nodes': '本页的待确认开卡。',
  'WaitingOpeningConnection.pageInfo': '本页在列表中的位置。',
} as const;

export const chineseOpeningValues = {
  QUEUED: '由本服务按配置的规则确认；微信支付不可用时自动重试。',
  NEEDS_CODE: '会员卡 code 由商家分配，而规则不生成 code。请填写 code，用 confirmUserCard 确认。',
  REFUSED: '微信支付拒绝了按规则发出的确认。请修正规则，并用 confirmUserCard 确认。',
  MANUAL: '配置中没有该品牌的规则。请用 confirmUserCard 确认。',
} as const;
