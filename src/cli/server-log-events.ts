import { nothingToDo, type LogEvent } from './log-event';

const ofDelivery = ['outcome', 'code', 'detail', 'brandId'];

/** Events of notifications, of the process and of what it depends on. */
export const serverLogEvents = {
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
      'WeChat Pay refused to confirm an opening. It is not tried again.',
      '微信支付拒绝确认开卡，不再重试。',
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
  'server.failed': {
    level: 'error',
    message: 'an operation failed',
    meaning: [
      'A fault of this server or of its configuration. The client has the same `errorId`.',
      '服务自身或其配置出错，客户端收到相同的 `errorId`。',
    ],
    action: [
      'With `code`: correct what `detail` and `hint` name. Without: report `name` and `at`.',
      '有 `code` 时，按 `detail` 和 `hint` 修正；没有时，请反馈 `name` 和 `at`。',
    ],
  },
  'audit.recorded': {
    level: 'info',
    message: 'audit',
    meaning: [
      'An audit record, if no audit directory is configured.',
      '审计记录（未配置审计目录时写入日志）。',
    ],
    action: ['Configure `audit` in production.', '生产环境请配置 `audit`。'],
  },
  'config.applied': {
    level: 'info',
    message: 'the changed configuration is in use',
    meaning: ['A changed configuration is in force.', '配置变更已生效。'],
    action: nothingToDo,
  },
  'config.waiting': {
    level: 'warn',
    message: 'the changed configuration is in use, except what atNextStart names: that waits for a restart',
    meaning: [
      'A changed configuration is in force, except the sections in `atNextStart`.',
      '配置变更已生效，`atNextStart` 中的配置段除外。',
    ],
    action: ['Restart the server.', '请重启服务。'],
  },
  'config.refused': {
    level: 'error',
    message: 'the changed configuration was refused; nothing has changed',
    meaning: ['A changed configuration has problems.', '变更后的配置有误，未生效。'],
    action: [
      'Correct every entry of `problems`: a restart would fail.',
      '请逐项修正 `problems`，否则重启会失败。',
    ],
  },
  'bulk.paused': {
    level: 'warn',
    message: 'a bulk operation has paused itself',
    meaning: [
      'A bulk operation has paused itself; `reason` says why.',
      '批量任务已自动暂停，原因见 `reason`。',
    ],
    action: [
      'Remove the cause, then `bulkOperationResume`. The values of `reason` are those of `BulkPauseReason` in the schema.',
      '排除原因后执行 `bulkOperationResume`；`reason` 的取值见 schema 中的 `BulkPauseReason`。',
    ],
  },
  'bulk.changed': {
    level: 'info',
    message: 'a bulk operation has a new status',
    meaning: ['A bulk operation has begun to send rows, or has completed.', '批量任务已开始执行或已完成。'],
    action: nothingToDo,
  },
  'database.unavailable': {
    level: 'warn',
    message: 'the database cannot be used: what needs it waits',
    meaning: [
      'The database cannot be used; `reason` is its SQLSTATE, the system’s code, `timeout`, `closed`, `locked` or `newer`.',
      '数据库无法使用；`reason` 为其 SQLSTATE、系统错误码、`timeout`（超时）、`closed`（连接关闭）、`locked`（目录已被占用）或 `newer`（版本更新）。',
    ],
    action: [
      '`53100`, `ENOSPC`: more disk. `28…`: user, password. `locked`: another process uses `database.directory`. `newer`: a later version of the server has used it.',
      '`53100`、`ENOSPC`：扩充磁盘；`28…`：检查用户与密码；`locked`：另一进程正在使用 `database.directory`；`newer`：较新版本的服务已使用过该数据库。',
    ],
  },
  'database.available': {
    level: 'info',
    message: 'the database can be used again',
    meaning: ['The database works again.', '数据库已恢复。'],
    action: nothingToDo,
  },
  'host.changed': {
    level: 'warn',
    message: 'calls go to the backup host of WeChat Pay',
    meaning: [
      'Fewer than 90 % of the latest calls to the main host were answered.',
      '主域名最近的调用应答率低于 90 %，已切换到备用域名。',
    ],
    action: [
      'Check the network to the main host. The server returns by itself.',
      '检查到主域名的网络；恢复后服务会自动切回。',
    ],
  },
  'host.returned': {
    level: 'info',
    message: 'calls go to the main host of WeChat Pay again',
    meaning: ['The main host answers again.', '主域名已恢复。'],
    action: nothingToDo,
  },
  'document.unknown': {
    level: 'warn',
    message: 'a document outside the manifest',
    meaning: [
      'A client sent a document that is not in `trustedDocuments`; one line for each document.',
      '客户端发送了 `trustedDocuments` 之外的文档（每个文档一行）。',
    ],
    action: [
      'Find the client by `sha256`; add the document to the manifest, or stop the client.',
      '根据 `sha256` 查找客户端；将文档加入清单，或停用该客户端。',
    ],
  },
  'file.exposed': {
    level: 'warn',
    message: 'a file is open to others',
    meaning: ['The mode of a file with secrets is too wide.', '存放密钥的文件权限过宽。'],
    action: ['`chmod 600` the file.', '对该文件执行 `chmod 600`。'],
  },
} as const satisfies Readonly<Record<string, LogEvent>>;
