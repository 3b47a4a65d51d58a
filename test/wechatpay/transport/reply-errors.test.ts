import { inspect } from 'node:util';
import { Sentence } from '../../../src/shared/sentence';
import { refusal, type RefusedReply } from '../../../src/wechatpay/transport/reply-errors';

const reply = (changes: Partial<RefusedReply>): RefusedReply => ({
  route: 'brand',
  values: [],
  status: 400,
  body: '{"code":"PARAM_ERROR","message":"参数错误"}',
  requestId: '08F1-268575822',
  verified: true,
  retryAfter: undefined,
  ...changes,
});
const body = (code: string, message = '') => JSON.stringify({ code, message });

describe('the error for a refusal', () => {
  it.each([
    [400, body('PARAM_ERROR', '参数错误'), 'UPSTREAM_REJECTED'],
    [400, body('INVALID_REQUEST', '该手机号已被导入过'), 'UPSTREAM_REJECTED'],
    [400, body('ALREADY_EXISTS', '该用户动态已存在'), 'UPSTREAM_REJECTED'],
    [400, body('PARAM_ERROR', '平台证书序列号Wechatpay-Serial错误'), 'MISCONFIGURED'],
    [400, body('PARAM_ERROR', 'Http header中缺少必填参数Wechatpay-Serial'), 'MISCONFIGURED'],
    [400, body('PARAM_ERROR', '平台私钥解密失败'), 'MISCONFIGURED'],
    [401, body('SIGN_ERROR', '错误的签名，验签失败'), 'MISCONFIGURED'],
    [403, body('NO_AUTH'), 'UPSTREAM_FORBIDDEN'],
    [403, body('RATE_LIMITED'), 'UPSTREAM_RATE_LIMITED'],
    [404, body('NOT_FOUND', '用户会员卡不存在'), 'NOT_FOUND'],
    [404, body('RESOURCE_NOT_EXISTS'), 'NOT_FOUND'],
    [404, body('INVALID_REQUEST'), 'UPSTREAM_REJECTED'],
    [405, body('INVALID_REQUEST'), 'UPSTREAM_REJECTED'],
    [429, body('RATELIMIT_EXCEEDED'), 'UPSTREAM_RATE_LIMITED'],
    [429, '<html>', 'UPSTREAM_RATE_LIMITED'],
    [400, body('FREQUENCY_LIMITED'), 'UPSTREAM_RATE_LIMITED'],
    [500, body('RATELIMIT_EXCEEDED'), 'UPSTREAM_RATE_LIMITED'],
    [500, body('FREQUENCY_LIMIT_EXCEED'), 'UPSTREAM_RATE_LIMITED'],
    [202, '', 'UPSTREAM_UNAVAILABLE'],
    [500, body('SYSTEM_ERROR'), 'UPSTREAM_UNAVAILABLE'],
    [502, '<html>', 'UPSTREAM_UNAVAILABLE'],
    [503, body('SERVICE_UNAVAILABLE'), 'UPSTREAM_UNAVAILABLE'],
    [504, '', 'UPSTREAM_UNAVAILABLE'],
    [302, '', 'UPSTREAM_MALFORMED'],
    [400, '<html>bad request</html>', 'UPSTREAM_MALFORMED'],
    [403, '<html>blocked by the firewall</html>', 'UPSTREAM_MALFORMED'],
    [404, 'not found', 'UPSTREAM_MALFORMED'],
    [400, 'null', 'UPSTREAM_MALFORMED'],
  ])('%i %s is %s', (status, text, code) => {
    expect(refusal(reply({ status, body: text }))).toMatchObject({ code, sent: true });
  });

  it('keeps the facts that support asks for, and whether they are verified', () => {
    expect(refusal(reply({})).upstream).toEqual({
      status: 400,
      wechatCode: 'PARAM_ERROR',
      sentence: new Sentence('参数错误'),
      requestId: '08F1-268575822',
      verified: true,
    });
    expect(refusal(reply({ verified: false, requestId: undefined })).upstream).toEqual({
      status: 400,
      wechatCode: 'PARAM_ERROR',
      sentence: new Sentence('参数错误'),
      verified: false,
    });
  });

  it('redacts the rest of the body: its detail may echo the request', () => {
    const error = refusal(
      reply({ body: '{"code":"PARAM_ERROR","message":"m","detail":{"value":"13812345678"}}' }),
    );
    expect(inspect(error, { depth: 9 })).not.toContain('13812345678');
    expect(JSON.stringify(error)).not.toContain('13812345678');
    expect(error.upstream?.detail).toBe('{"value":"…"}');
  });

  it('does not pass on an invalid code', () => {
    const error = refusal(reply({ body: '{"code":"13812345678 is wrong","message":7}' }));
    expect(error.upstream).toEqual({ status: 400, requestId: '08F1-268575822', verified: true });
    expect(error.message).toBe('the upstream answered 400 without a code');
  });

  it.each([
    [302, '', 'never'],
    [301, body('PARAM_ERROR'), 'never'],
    [400, '<html>bad request</html>', 'other-host'],
    [401, '<html>who are you</html>', 'other-host'],
    [404, 'not found', 'other-host'],
    [405, '', 'other-host'],
    [408, '', undefined],
    [425, '', undefined],
    [429, '<html>', undefined],
    [502, '<html>', undefined],
    [400, body('PARAM_ERROR'), undefined],
  ])('%i %s may be retried: %s', (status, text, repeat) => {
    expect(refusal(reply({ status, body: text })).repeat).toBe(repeat);
  });

  it.each([
    ['2', 2000],
    [undefined, undefined],
    ['0', undefined],
    ['-1', undefined],
    ['0x10', undefined],
    ['1e9', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('reads Retry-After %p as %p ms', (retryAfter, retryAfterMs) => {
    expect(refusal(reply({ status: 429, retryAfter })).retryAfterMs).toBe(retryAfterMs);
  });
});
