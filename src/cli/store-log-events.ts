import { nothingToDo, type LogEvent } from './log-event';

/** Events of the store that the processes of a fleet share. */
export const storeLogEvents = {
  'store.unavailable': {
    level: 'warn',
    message: 'the shared store is unavailable: this instance uses its own share of the call limit',
    countedBy: ['reason'],
    meaning: [
      'Redis refuses a command or is away; `reason` is its error code, the system’s, `timeout`, `closed`, `certificate`, `tls` or `sentinel`. `commands`: what it refuses.',
      'Redis 拒绝命令或不可用；`reason` 为 Redis 或系统的错误码，或 `timeout`（超时）、`closed`（连接关闭）、`certificate`（证书不受信任）、`tls`（一方未使用 TLS）、`sentinel`（地址属于 Sentinel）；`commands` 为被拒绝的命令。',
    ],
    action: [
      'Readiness says what to do (`store.unavailable`). `OOM`: more memory or `volatile-ttl`. `READONLY`: the address is a replica’s. `NOPERM`: grant `commands`.',
      '按就绪检查项 `store.unavailable` 的提示处理。`OOM`：增加内存或使用 `volatile-ttl`；`READONLY`：地址指向了副本；`NOPERM`：授予 `commands` 的权限。',
    ],
  },
  'store.memory': {
    level: 'warn',
    message: 'the shared store may forget what it was told, or refuse writes',
    meaning: [
      'Something is wrong with the memory of Redis; `problem`: `evicting`, `policy`, `nearlyFull` or `unknown`.',
      'Redis 的内存存在问题；`problem` 为 `evicting`（正在淘汰键）、`policy`（淘汰策略不当）、`nearlyFull`（即将写满）或 `unknown`（无法得知）。',
    ],
    action: ['As for the finding `store.memory`.', '同就绪检查项 `store.memory`。'],
  },
  'store.memoryRight': {
    level: 'info',
    message: 'the memory of the shared store is right again',
    meaning: ['The problem with the memory of Redis has ended.', 'Redis 的内存问题已消除。'],
    action: nothingToDo,
  },
  'store.available': {
    level: 'info',
    message: 'the shared store is back',
    meaning: ['Redis works again.', 'Redis 已恢复。'],
    action: nothingToDo,
  },
} as const satisfies Readonly<Record<string, LogEvent>>;
