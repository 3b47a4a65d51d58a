import { nothingToDo, type LogEvent } from './log-event';

const ofCall = ['interface', 'brandId', 'caller', 'route', 'host', 'outcome', 'status', 'wechatCode'];

/** Events of calls to WeChat Pay and of the requests that cause them. */
export const trafficLogEvents = {
  'upstream.answered': {
    level: 'info',
    message: 'upstream call',
    meaning: [
      'WeChat Pay answered, also that there is no such object; or the caller left.',
      '微信支付已应答（包括应答对象不存在），或调用方已断开。',
    ],
    action: nothingToDo,
  },
  'upstream.refused': {
    level: 'warn',
    message: 'upstream call',
    countedBy: ofCall,
    meaning: ['WeChat Pay refused a request.', '微信支付拒绝了请求。'],
    action: [
      'Read `wechatMessage` and `wechatField`. `UPSTREAM_FORBIDDEN`: apply for the permission.',
      '查看 `wechatMessage` 和 `wechatField`；如为 `UPSTREAM_FORBIDDEN`，请申请相应权限。',
    ],
  },
  'upstream.rateLimited': {
    level: 'warn',
    message: 'upstream call',
    countedBy: ofCall,
    meaning: [
      'WeChat Pay refused a call as too frequent. The rate is lowered by itself.',
      '微信支付因频率过高拒绝了调用，服务会自动降低频率。',
    ],
    action: [
      'If it goes on, compare `limits` with what WeChat Pay granted, and look for other systems that use the same credential.',
      '如持续出现，请核对 `limits` 与微信支付授予的频率，并检查是否有其他系统使用同一凭证。',
    ],
  },
  'upstream.failed': {
    level: 'warn',
    message: 'upstream call',
    countedBy: ofCall,
    meaning: [
      'An attempt had no usable response. Reads are retried, writes are looked up.',
      '某次尝试未得到可用的应答；读操作会重试，写操作会查询结果。',
    ],
    action: [
      'If it goes on, check the network and the proxy, then report the `requestId` to WeChat Pay.',
      '如持续出现，请检查网络和代理，再将 `requestId` 反馈给微信支付。',
    ],
  },
  'upstream.signatureInvalid': {
    level: 'error',
    message: 'upstream call',
    countedBy: ofCall,
    meaning: [
      'A response had no valid signature of WeChat Pay and was discarded.',
      '应答没有微信支付的有效签名，已丢弃。',
    ],
    action: [
      'Check `publicKeys` of the route. If they are right, something between this server and WeChat Pay changes responses.',
      '核对该接入方式的 `publicKeys`；如无误，则网络中有设备改动了应答。',
    ],
  },
  'upstream.credentialRefused': {
    level: 'error',
    message: 'upstream call',
    countedBy: ofCall,
    meaning: [
      'WeChat Pay refused the credential, or it is incomplete.',
      '微信支付拒绝了凭证，或凭证不完整。',
    ],
    action: [
      'Correct the setting that `hint` names: serial, private key, public key id or clock.',
      '按 `hint` 的提示修正设置：序列号、私钥、公钥 ID 或时钟。',
    ],
  },
  'call.failed': {
    level: 'warn',
    message: 'a call failed',
    countedBy: ofCall,
    meaning: [
      'A call failed without a response: it was not sent, or every attempt failed.',
      '调用失败且没有应答：未发送，或各次尝试均失败。',
    ],
    action: [
      '`UPSTREAM_RATE_LIMITED`: the brand needs more calls than its limit allows. `UPSTREAM_BUSY`: WeChat Pay answers slowly, or `connections` is too low. Otherwise read the `upstream` lines.',
      '如为 `UPSTREAM_RATE_LIMITED`，说明该品牌的调用需求超出限频值；如为 `UPSTREAM_BUSY`，说明微信支付应答缓慢或 `connections` 过低；其他情况请查看 `upstream` 日志。',
    ],
  },
  'operation.done': {
    level: 'info',
    message: 'operation',
    meaning: [
      'A GraphQL operation has ended without an error other than `NOT_FOUND`.',
      'GraphQL 操作已结束，除 `NOT_FOUND` 外没有错误。',
    ],
    action: nothingToDo,
  },
  'operation.failed': {
    level: 'warn',
    message: 'operation',
    countedBy: ['caller', 'type', 'operation', 'rootFields', 'outcome', 'codes'],
    meaning: [
      'A GraphQL operation has failed in whole or in part; `codes` says why.',
      'GraphQL 操作全部或部分失败，原因见 `codes`。',
    ],
    action: [
      'Codes of input: tell the caller. Codes of the upstream: read the `upstream` lines with this `trace_id`.',
      '输入类错误请告知调用方；上游类错误请按 `trace_id` 查看 `upstream` 日志。',
    ],
  },
  'operation.outcomeUnknown': {
    level: 'error',
    message: 'operation',
    meaning: [
      'A GraphQL operation has ended with `OUTCOME_UNKNOWN`.',
      'GraphQL 操作以 `OUTCOME_UNKNOWN` 结束。',
    ],
    action: [
      'Read the object before the caller sends the write again.',
      '请先查询该对象，再由调用方重新提交。',
    ],
  },
  'write.outcomeUnknown': {
    level: 'error',
    message: 'the outcome of a write is unknown',
    meaning: [
      'A write may have been done, and no lookup shows whether it was.',
      '写操作可能已完成，且查询无法确认结果。',
    ],
    action: [
      'Look the object up at WeChat Pay, with `requestIds` and the audit record of the same `targetHash`.',
      '请凭 `requestIds` 和相同 `targetHash` 的审计记录到微信支付核实。',
    ],
  },
  'requests.refused': {
    level: 'warn',
    message: 'requests refused',
    meaning: [
      'Requests or connections were refused; `count` says how many (one line a minute for each kind).',
      '请求或连接被拒绝，次数见 `count`（同类每分钟一行）。',
    ],
    action: [
      'Correct what `detail` names. Otherwise tell the caller. Without a caller: find who sends them, and block them at the proxy.',
      '有 `detail` 时，请按其修正；否则请告知调用方。没有调用方标识时，请查明来源并在代理处拦截。',
    ],
  },
} as const satisfies Readonly<Record<string, LogEvent>>;
