import { nothingToDo, type LogEvent } from './log-event';

/** Events of the process and of what it depends on. */
export const serverLogEvents = {
  'signer.failed': {
    level: 'error',
    message: 'a signer failed',
    countedBy: ['key', 'action', 'outcome', 'result'],
    meaning: [
      'A request to the process that holds a private key failed; `result` is the status, the system’s code, `TIMEOUT`, or what is wrong with its response.',
      '发往保管私钥的签名服务的请求失败；`result` 为状态码、系统错误码、`TIMEOUT`，或应答的问题。',
    ],
    action: [
      '`unavailable`: start the signer, or give it more time (`signer.timeoutMs`). `refused`: correct `signer.url` or its token. `wrong`: its key is not that of `certificateFile`.',
      '`unavailable`：检查签名服务，或调大 `signer.timeoutMs`；`refused`：修正 `signer.url` 或令牌；`wrong`：其密钥与 `certificateFile` 不成对。',
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
