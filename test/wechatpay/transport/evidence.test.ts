import fc from 'fast-check';
import { evidenceIn } from '../../../src/wechatpay/transport/evidence';

const seen = (body: unknown, values: readonly string[] = []) => {
  const { sentence, ...rest } = evidenceIn(typeof body === 'string' ? body : JSON.stringify(body), values);
  return { ...rest, ...(sentence === undefined ? {} : { text: sentence.text }) };
};

describe('reading an error response', () => {
  test('in the documented form', () => {
    const issue = '输入源“/body/level”映射到值字段“等级”字符串规则校验失败，字节数 99，大于最大值 40';
    expect(
      seen({
        code: 'PARAM_ERROR',
        message: '参数错误',
        detail: { field: '/level', issue, location: 'body' },
      }),
    ).toEqual({ wechatCode: 'PARAM_ERROR', text: `参数错误; ${issue}`, field: '/level', location: 'body' });
  });

  test('in the form seen for a wrong signature, redacted', () => {
    const detail = {
      detail: { issue: 'sign not match' },
      field: 'signature',
      location: 'authorization',
      sign_information: {
        method: 'GET',
        url: '/brand/card-member/user-cards/M-28?openid=o1',
        sign_message_length: 99,
      },
    };
    const evidence = seen({ code: 'SIGN_ERROR', message: '错误的签名，验签失败', detail }, ['M-28', 'o1']);
    expect(evidence).toMatchObject({
      text: '错误的签名，验签失败; sign not match',
      field: 'signature',
      location: 'authorization',
    });
    expect(evidence.detail).toContain('"sign_message_length":99');
    expect(evidence.detail).not.toMatch(/M-28|o1\b/);
  });

  test.each([
    [
      'a list of details',
      { detail: [{ field: '/level', issue: '过长' }, { field: '/x' }] },
      { field: '/level', text: '过长', detail: '[{"field":"/level","issue":"过长"},{"field":"/x"}]' },
    ],
    ['a sentence as detail', { message: '参数错误', detail: '过长' }, { text: '参数错误; 过长' }],
    ['the same sentence twice', { message: '过长', detail: { issue: '过长' } }, { text: '过长' }],
    [
      'no detail',
      { code: 'PARAM_ERROR', message: '参数错误', detail: null },
      { wechatCode: 'PARAM_ERROR', text: '参数错误' },
    ],
    ['values of other types', { code: 7, message: {}, detail: { field: 3, issue: [] } }, {}],
    ['a code that is a sentence', { code: '13812345678 is wrong' }, {}],
    ['a field that holds a value', { detail: { field: '/13812345678' } }, {}],
    ['a location that is a sentence', { detail: { location: '张三' } }, {}],
    [
      'a page',
      '<html><style>a{}</style><body><h1>401</h1>Unauthorized</body></html>',
      { text: '401 Unauthorized' },
    ],
    ['nothing', '', {}],
    ['JSON that is no object', '"13812345678"', { text: '"…"' }],
  ])('in another form: %s', (_, body, expected) => {
    expect(seen(body)).toEqual(expected);
  });

  test('never fails and never shows a value, in any shape', () => {
    const canary = '13812345678';
    const leaf = fc.oneof(fc.constant(canary), fc.constant(`张三丰${canary}`), fc.jsonValue());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom('code', 'message', 'detail', 'field', 'issue', 'location', 'x'),
          tie('tree'),
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.boolean(), (body, cut) => {
        const text = JSON.stringify(body);
        const evidence = evidenceIn(cut ? text.slice(0, -1) : text, ['张三丰']);
        expect(JSON.stringify(evidence)).not.toMatch(/13812345678|张三丰/);
      }),
      { numRuns: 500 },
    );
  });
});
