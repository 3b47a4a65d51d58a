import { Sentence } from '../../../src/shared/sentence';
import { hintFor, unknownKeyHint } from '../../../src/wechatpay/transport/hints';

/** Sentences of the documents and of issues of the official SDKs, with their causes. */
const sentences = [
  ['HTTP头Authorization中的timestamp与发起请求的时间不得超过5分钟', /^Clock/, '时钟'],
  ['商户证书序列号有误。请使用签名私钥匹配的证书序列号', /^Serial number.*partner\.serial/, '证书序列号'],
  ['商户证书序列号有误', /^Serial number/, '证书序列号'],
  ['错误的签名，验签失败; sign not match', /^Private key.*partner\.privateKeyFile/, '私钥'],
  ['签名信息错误，验签失败', /^Private key/, '私钥'],
  ['签名错误，请检查后再试', /^Private key/, '私钥'],
  [
    'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
    /^Request.*Authorization/,
    '请求',
  ],
  ['Http头Authorization认证类型不正确', /^Route.*brands\[\]\.route/, '路由'],
  ['商户证书已过期', /^Certificate.*expired/, '证书'],
  ['商户证书已吊销', /^Certificate.*revoked/, '证书'],
  ['商户号或品牌ID不存在', /^Account.*partner\.mchid/, '账号'],
  ['商户未设置APIv3密钥', /^Platform.*API key/, '平台设置'],
  ['商户未申请过证书', /^Platform.*certificate/, '平台设置'],
  ['平台证书序列号Wechatpay-Serial错误', /^WeChat Pay's key: the id/, '微信支付公钥'],
  ['Http header中缺少必填参数Wechatpay-Serial', /^WeChat Pay's key: the id/, '微信支付公钥'],
  ['平台私钥解密失败', /^WeChat Pay's key: the first/, '微信支付公钥'],
] as const;

describe('the hint for a refused credential', () => {
  test.each(sentences)('%s', (sentence, en, zh) => {
    const hint = hintFor(new Sentence(sentence), 'partner');
    expect(hint[0]).toMatch(en);
    expect(hint[1].startsWith(zh)).toBe(true);
  });

  test('names the settings of the route that was used', () => {
    expect(hintFor(new Sentence('商户证书序列号有误'), 'brand').join()).toContain(
      'brandCredentials[].serial',
    );
  });

  test('lists all possible settings if the sentence is unknown or missing', () => {
    for (const sentence of [undefined, new Sentence('验证不通过'), new Sentence('who are you')]) {
      const [en, zh] = hintFor(sentence, 'partner');
      for (const part of ['partner.mchid', 'partner.serial', 'partner.privateKeyFile']) {
        expect(en).toContain(part);
        expect(zh).toContain(part);
      }
      expect(en).toContain('clock');
    }
  });

  test('of every kind has Chinese with full-width punctuation and different English texts', () => {
    const hints = sentences.map(([sentence]) => hintFor(new Sentence(sentence), 'partner'));
    hints.push(unknownKeyHint('partner'), hintFor(undefined, 'partner'));
    expect(new Set(hints.map(([en]) => en)).size).toBe(14);
    for (const [, zh] of hints) expect(zh).not.toMatch(/\p{Script=Han}[,:;]|[,:;]\p{Script=Han}/u);
  });
});
