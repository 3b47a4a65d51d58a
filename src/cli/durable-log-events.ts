import { nothingToDo, type LogEvent } from './log-event';

/** Events of durable work: the database, and what it holds. */
export const durableLogEvents = {
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
  'bulk.forgotten': {
    level: 'warn',
    message: 'a bulk operation was paused for too long and is canceled',
    meaning: [
      'A bulk operation was paused for longer than `bulk.retainPausedDays`. It is canceled, and what its rows would have sent is erased.',
      '批量任务的暂停时间超过 `bulk.retainPausedDays`，已被取消，未发送各行的内容已清除。',
    ],
    action: ['If it is still wanted, upload the file again.', '如仍需执行，请重新上传文件。'],
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
  'database.resealed': {
    level: 'info',
    message: 'everything in the database is under the first encryption key',
    meaning: [
      'After a change of `encryptionKeys`: everything in the database is under the first key; `moved` is how much was under others.',
      '`encryptionKeys` 更换后，数据库中的内容已全部改用列表中的第一个密钥加密；`moved` 为本次重新加密的数量。',
    ],
    action: [
      'When every process has written it since it has the new key, the former keys can be removed.',
      '各实例均在启用新密钥之后写出此日志后，即可移除旧密钥。',
    ],
  },
  'database.unreadable': {
    level: 'warn',
    message: 'the database holds what none of the encryption keys can read',
    countedBy: [],
    meaning: [
      '`unreadable` values of the database are under keys that are not in `encryptionKeys`; `moved` others are under the first key now.',
      '数据库中有 `unreadable` 项内容所用的密钥不在 `encryptionKeys` 中；另有 `moved` 项已改用第一个密钥加密。',
    ],
    action: [
      'Put the removed keys back at the end of the list. Without them, operations with such rows stay `PAUSED` (`ROWS_UNREADABLE`).',
      '将已移除的密钥放回列表末尾；否则含有此类行的任务将保持 `PAUSED`（`ROWS_UNREADABLE`）。',
    ],
  },
} as const satisfies Readonly<Record<string, LogEvent>>;
