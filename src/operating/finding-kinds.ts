import { budgetFindingKinds } from './budget-finding-kinds';
import type { FindingKind } from './finding-kind';

/**
 * Every kind of finding of `/readyz`, by its `code`. The READMEs repeat this table; `membercard_findings` counts by it. A new
 * kind needs an alert or is covered by the one for all findings (deploy/alerts.yaml).
 */
export const findingKinds = {
  'audit.outcomesMissing': {
    levels: ['warning'],
    meaning: [
      'Outcomes of mutations could not be recorded since the start.',
      '启动以来，部分变更的执行结果未能写入审计日志。',
    ],
    action: [
      'Read them in the log (`server.failed`), and their intents with `npm run audit:verify`.',
      '在日志（`server.failed`）中查看执行结果，并用 `npm run audit:verify` 查看对应的意图。',
    ],
  },
  'audit.unwritable': {
    levels: ['failing'],
    meaning: [
      'Audit records cannot be written: mutations are refused, personal data is not decrypted.',
      '审计日志无法写入：变更被拒绝，个人信息不解密。',
    ],
    action: [
      'Free disk space, or give the process permission to write to `audit.directory`.',
      '清理磁盘空间，或授予进程对 `audit.directory` 的写权限。',
    ],
  },
  'auth.unreadable': {
    levels: ['warning', 'failing'],
    meaning: [
      "API keys or the issuer's keys cannot be read. Failing: their callers are refused.",
      'API 密钥或身份提供方的公钥无法读取；failing 表示相关调用方已被拒绝。',
    ],
    action: ['Correct the file or the host that `detail` names.', '修正 `detail` 指出的文件或主机。'],
  },
  ...budgetFindingKinds,
  'certificate.ended': {
    levels: ['warning'],
    meaning: [
      'A platform certificate in the configuration has expired and is not used.',
      '配置中的某个平台证书已过期，不再使用。',
    ],
    action: ['Remove its file from the list.', '从列表中移除该文件。'],
  },
  'certificate.missing': {
    levels: ['warning', 'failing'],
    meaning: [
      'There is no platform certificate to verify responses with. Failing: every brand needs one.',
      '缺少用于验签的平台证书；failing 表示全部品牌都依赖它。',
    ],
    action: ['Read `detail`; switch to a WeChat Pay public key.', '按 `detail` 处理；建议改用微信支付公钥。'],
  },
  'clock.wrong': {
    levels: ['warning'],
    meaning: [
      "This machine's clock differs by more than a minute from WeChat Pay's.",
      '本机时钟与微信支付相差超过一分钟。',
    ],
    action: ['Correct the clock (NTP).', '校准时钟（NTP）。'],
  },
  'config.refused': {
    levels: ['warning'],
    meaning: [
      'A changed configuration was refused; the previous one is in use.',
      '变更后的配置有误未生效，仍使用之前的配置。',
    ],
    action: ['Correct what `detail` lists: a restart would fail.', '按 `detail` 逐项修正，否则重启会失败。'],
  },
  'credential.refused': {
    levels: ['warning', 'failing'],
    meaning: [
      'WeChat Pay refuses credentials (401). Failing: all of a route.',
      '微信支付拒绝凭证（401）；failing 表示某一接入方式的凭证全部被拒绝。',
    ],
    action: [
      'Correct serial number, private key or clock, as `detail` says.',
      '按 `detail` 修正序列号、私钥或时钟。',
    ],
  },
  'database.unavailable': {
    levels: ['warning'],
    meaning: [
      'The database cannot be used: bulk operations wait, and without Redis, notifications are left with WeChat Pay.',
      '数据库无法使用：批量任务暂停执行；未使用 Redis 时，通知由微信支付稍后重发。',
    ],
    action: [
      'Read the `reason` of the log line `database.unavailable`.',
      '查看日志 `database.unavailable` 的 `reason`。',
    ],
  },
  'directory.incomplete': {
    levels: ['warning'],
    meaning: [
      "Entries of the members' directory could not be stored since the start.",
      '启动以来，会员目录的部分条目未能保存。',
    ],
    action: [
      'Find why the database was slow or away. What passes by again is stored; `coverage.complete` stays false.',
      '检查数据库变慢或不可用的原因。会员卡再次经过时会重新保存，但 `coverage.complete` 保持为 false。',
    ],
  },
  'file.exposed': {
    levels: ['warning'],
    meaning: ['The mode of a file with secrets is too wide.', '存放密钥的文件权限过宽。'],
    action: ['`chmod 600` the file.', '对该文件执行 `chmod 600`。'],
  },
  'fleet.vanished': {
    levels: ['warning'],
    meaning: [
      'Processes of the fleet fell silent without ending. They may only be cut off from Redis, so their share of the limits is kept.',
      '部分实例未正常退出即失联。它们可能只是无法连接 Redis，因此为其保留限频份额。',
    ],
    action: [
      'See deploy/README.md, Redis. Set `redis.maxInstances` to the number of processes that you run.',
      '参阅 deploy/README.zh-CN.md 的 Redis 一节，并将 `redis.maxInstances` 设为实际的实例数。',
    ],
  },
  'key.ending': {
    levels: ['warning'],
    meaning: [
      'A certificate or key ends within 30 days, or has ended.',
      '证书或密钥将在 30 天内到期，或已到期。',
    ],
    action: ['Configure its successor.', '配置新的证书或密钥。'],
  },
  'log.dropped': {
    levels: ['warning'],
    meaning: ['Log lines could not be written since the start.', '启动以来，部分日志未能写入。'],
    action: ['Check what reads standard error, and its disk.', '检查接收标准错误输出的程序及其磁盘。'],
  },
  'queue.long': {
    levels: ['warning'],
    meaning: [
      'At least 20 calls of users have waited for a slot throughout the last 30 s.',
      '最近 30 秒内，始终有至少 20 次前台调用在等待配额。',
    ],
    action: ['As for `budget.exhausted`.', '同 `budget.exhausted`。'],
  },
  'signer.failing': {
    levels: ['warning'],
    meaning: [
      'More than one in ten requests of the last 60 s to the process that holds a private key failed. Calls of that credential are not sent.',
      '最近 60 秒内，发往保管私钥的签名服务的请求有超过十分之一失败，相应凭证的调用无法发送。',
    ],
    action: [
      'Read `result` in the log lines `signer.failed`; see deploy/README.md, A signer fails.',
      '查看日志 `signer.failed` 的 `result`，并参阅 deploy/README.zh-CN.md 的「签名服务异常」。',
    ],
  },
  'store.memory': {
    levels: ['warning'],
    meaning: [
      'Redis removes keys before their time, may remove events, or is nearly full.',
      'Redis 提前淘汰键、可能淘汰事件，或即将写满。',
    ],
    action: [
      'Give it more memory; set `maxmemory-policy` to `volatile-ttl`.',
      '增加 Redis 内存，并将 `maxmemory-policy` 设为 `volatile-ttl`。',
    ],
  },
  'store.unavailable': {
    levels: ['warning'],
    meaning: [
      'Redis is unavailable or refuses commands; this process uses its own share of the call limit.',
      'Redis 不可用或拒绝命令，本进程按自己的份额使用限频值。',
    ],
    action: ['`detail` says why, and what to do.', '`detail` 说明了原因与处理方法。'],
  },
  'upstream.failing': {
    levels: ['warning'],
    meaning: [
      'WeChat Pay answered fewer than half of the calls to a host in the last 60 s (fewer than 90 % of 20 or more).',
      '最近 60 秒内，发往某域名的调用得到应答的不足一半（20 次以上时不足 90 %）。',
    ],
    action: [
      '`SYSTEM_ERROR`: wait, or ask WeChat Pay. No response: check network and proxy.',
      '`SYSTEM_ERROR`：等待恢复或联系微信支付；无应答：检查网络和代理。',
    ],
  },
  'upstream.onBackup': {
    levels: ['warning'],
    meaning: [
      'Calls go to the backup host, because the main host fails.',
      '主域名异常，调用已切换到备用域名。',
    ],
    action: [
      'Check the network to the main host. The server returns by itself.',
      '检查到主域名的网络；恢复后服务会自动切回。',
    ],
  },
  'upstream.rateLimited': {
    levels: ['warning'],
    meaning: [
      'WeChat Pay refused at least 3 calls as too frequent in the last 60 s. The rate is lowered by itself.',
      '最近 60 秒内，微信支付因频率过高拒绝了至少 3 次调用，服务会自动降低频率。',
    ],
    action: [
      'Compare `limits` with what WeChat Pay granted, and look for other systems with the same credential.',
      '核对 `limits` 与微信支付授予的频率，并检查是否有其他系统使用同一凭证。',
    ],
  },
  'webhook.failing': {
    levels: ['warning'],
    meaning: [
      'No delivery of a webhook has succeeded for at least 15 minutes.',
      '某个 Webhook 至少 15 分钟没有一次投递成功。',
    ],
    action: [
      'Read `result` in the log lines `webhook.failed`; correct the receiver or `webhooks`.',
      '查看日志 `webhook.failed` 的 `result`，并修正接收方或 `webhooks` 配置。',
    ],
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof findingKinds;
