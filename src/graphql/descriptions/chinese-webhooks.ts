/** The Chinese of messages to webhooks, as in chinese.ts. */
export const chineseWebhooks = {
  'Query.webhookDeliveries':
    '发往已配置 Webhook 的消息，最新的在前；state 为 DEAD 时列出已放弃的消息。不产生上游调用，须具有 admin 权限。',
  'Mutation.redeliverWebhook':
    '以相同的消息 ID 重新投递一条已放弃或已送达的消息。不产生上游调用，须具有 admin 权限。',
  RedeliverWebhookInput: '变更 redeliverWebhook 的输入。',
  'RedeliverWebhookInput.deliveryId': '已结束的投递的 deliveryId。',
  WebhookDelivery: '发往某个 Webhook 的一条消息，不含内容。',
  'WebhookDelivery.attempts': '已投递的次数，含正在进行的一次。',
  'WebhookDelivery.brandId': '消息所属的品牌。',
  'WebhookDelivery.createdAt': '消息进入队列的时间。',
  'WebhookDelivery.deliveryId': '用于 redeliverWebhook 的投递编号，不是全局 ID。',
  'WebhookDelivery.endedAt': '送达或放弃的时间；等待期间为 null。',
  'WebhookDelivery.kind': '消息的类型。',
  'WebhookDelivery.lastResult':
    '最近一次投递的结果：HTTP_ 加状态码、系统错误码（如 ECONNREFUSED）、TIMEOUT、PRIVATE_ADDRESS、PROXY_ 加状态码、UNREADABLE、NOT_CONFIGURED 或 FAILED。第一次投递结束之前为 null。',
  'WebhookDelivery.messageId': '请求头 webhook-id 的值：每次投递、每个 Webhook 均相同。',
  'WebhookDelivery.nextAttemptAt': '下一次投递的时间；不在等待时为 null。',
  'WebhookDelivery.state': '消息是否已送达。',
  'WebhookDelivery.webhook': '配置中 Webhook 的 id。',
  WebhookDeliveryState: '消息的投递状态。',
  WebhookKind: '消息的类型。',
} as const;
