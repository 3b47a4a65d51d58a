import { nothingToDo, type LogEvent } from './log-event';

const ofDelivery = ['outcome', 'code', 'detail', 'brandId'];

/** Events of notifications, of the openings that they tell of, and of webhooks. */
export const deliveryLogEvents = {
  'notification.received': {
    level: 'info',
    message: 'notification',
    meaning: ['A notification was processed.', '通知已处理。'],
    action: nothingToDo,
  },
  'notification.replayed': {
    level: 'warn',
    message: 'notification',
    countedBy: ofDelivery,
    meaning: [
      'A genuine notification came again with a used nonce and was refused.',
      '真实的通知以用过的随机串再次到达，已拒绝。',
    ],
    action: [
      'If there are many, somebody replays notifications: close the path to all but WeChat Pay.',
      '如大量出现，说明有人重放通知，请仅允许微信支付访问通知路径。',
    ],
  },
  'notification.refused': {
    level: 'warn',
    message: 'notification',
    countedBy: ofDelivery,
    meaning: ['A notification was refused; `detail` says why.', '通知被拒绝，原因见 `detail`。'],
    action: [
      'Correct what `detail` names. WeChat Pay delivers again for a day.',
      '按 `detail` 修正；微信支付会在一天内重新投递。',
    ],
  },
  'notification.signatureInvalid': {
    level: 'error',
    message: 'notification',
    countedBy: ofDelivery,
    meaning: [
      'A notification had no valid signature of WeChat Pay and was refused.',
      '通知没有微信支付的有效签名，已拒绝。',
    ],
    action: [
      'Check `publicKeys`. If other notifications arrive, it was forged: close the path to all but WeChat Pay.',
      '核对 `publicKeys`；如其他通知正常，则该通知系伪造，请仅允许微信支付访问通知路径。',
    ],
  },
  'opening.settled': {
    level: 'info',
    message: 'opening of a card',
    meaning: ['An opening was confirmed, or needs no confirmation.', '开卡已确认，或无需确认。'],
    action: nothingToDo,
  },
  'opening.delayed': {
    level: 'warn',
    message: 'opening of a card',
    countedBy: ['brandId', 'outcome', 'code'],
    meaning: ['An opening could not be confirmed yet and is tried again.', '开卡暂时无法确认，将自动重试。'],
    action: [
      'If it goes on, read the `upstream` lines of the interface `CONFIRM_USER_CARD`.',
      '如持续出现，请查看接口 `CONFIRM_USER_CARD` 的 `upstream` 日志。',
    ],
  },
  'opening.refused': {
    level: 'warn',
    message: 'opening of a card',
    countedBy: ['brandId', 'outcome', 'code'],
    meaning: [
      'WeChat Pay refused to confirm an opening. It is not tried again; `waitingOpenings` lists it.',
      '微信支付拒绝确认开卡，不再重试；可在 `waitingOpenings` 中查到。',
    ],
    action: [
      'Correct the rule in `notifications.confirm`, then confirm the card with `confirmUserCard`.',
      '修正 `notifications.confirm` 中的规则，再用 `confirmUserCard` 确认。',
    ],
  },
  'webhook.delivered': {
    level: 'info',
    message: 'delivery to a webhook',
    meaning: ['A message was delivered to a webhook.', '消息已投递到 Webhook。'],
    action: nothingToDo,
  },
  'webhook.failed': {
    level: 'warn',
    message: 'delivery to a webhook',
    countedBy: ['webhook', 'result'],
    meaning: [
      'An attempt failed and is repeated; `result` is the status, the system’s code, `TIMEOUT`, `PRIVATE_ADDRESS` or `PROXY_…`.',
      '一次投递失败，将自动重试；`result` 为状态码、系统错误码、`TIMEOUT`、`PRIVATE_ADDRESS` 或 `PROXY_…`。',
    ],
    action: [
      'Correct the receiver. `PRIVATE_ADDRESS`: correct `url`, or set `allowPrivateNetwork`.',
      '修正接收方；`PRIVATE_ADDRESS`：修正 `url`，或设置 `allowPrivateNetwork`。',
    ],
  },
  'webhook.dead': {
    level: 'error',
    message: 'delivery to a webhook was given up',
    countedBy: ['webhook', 'result'],
    meaning: [
      'A message was given up: after three days, after 410, or because its key is no longer configured (`UNREADABLE`).',
      '消息已放弃投递：重试三天仍失败、接收方返回 410，或所用密钥已不在配置中（`UNREADABLE`）。',
    ],
    action: [
      'Correct the receiver, then deliver it again with `redeliverWebhook`.',
      '修正接收方后，用 `redeliverWebhook` 重新投递。',
    ],
  },
} as const satisfies Readonly<Record<string, LogEvent>>;
