import { GraphQLError } from 'graphql';
import { formatError, type ErrorReport } from '../../../src/server/graphql/format-error';
import { AppError, publicText, type ErrorCode } from '../../../src/shared/errors';
import { firstExample } from '../../../src/sandbox/seed';
import { testApp } from '../../support/test-app';

const canary = '13799990001 张三 sk-secret';

describe('an error as a client reads it', () => {
  let reports: ErrorReport[];
  beforeEach(() => {
    reports = [];
  });
  const format = (thrown: unknown, language: 'en' | 'zh' = 'en') =>
    formatError(thrown, { language, newErrorId: () => 'e1', report: (report) => reports.push(report) });

  it.each<[string, unknown]>([
    ['an Error', new TypeError(canary)],
    ['an Error within a GraphQLError', new GraphQLError(canary, { originalError: new Error(canary) })],
    ['a GraphQLError of no known code', new GraphQLError(canary, { extensions: { code: canary, canary } })],
    ['our own internal error', new AppError('INTERNAL_SERVER_ERROR', canary)],
    ['text', canary],
    ['nothing', undefined],
    ['an object', { message: canary, extensions: { code: 'BAD_USER_INPUT' } }],
  ])('tells nothing of %s but the id under which the log has it', (_, thrown) => {
    expect(format(thrown)).toEqual({
      message: 'Internal error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: 'e1' },
    });
    expect(format(thrown, 'zh').message).toBe('内部错误。');
    expect(reports.map(({ errorId }) => errorId)).toEqual(['e1', 'e1']);
  });

  it.each<[string, unknown]>([
    ['BAD_USER_INPUT', { code: 'BAD_USER_INPUT' }],
    ['BAD_REQUEST', { code: 'BAD_REQUEST' }],
    ['GRAPHQL_VALIDATION_FAILED', { code: 'GRAPHQL_VALIDATION_FAILED' }],
    ['no code', {}],
  ])('leaves the stack trace out that an error of %s carries', (_, extensions) => {
    const stacktrace = [canary, '    at resolve (file.ts:1:2)'];
    const error = new GraphQLError('x', { extensions: { ...(extensions as object), stacktrace } });
    expect(JSON.stringify(format(error))).not.toMatch(/stacktrace|file\.ts|13799990001/);
  });

  it('does not fail, whatever was thrown', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error(canary);
        },
        getPrototypeOf: () => {
          throw new Error(canary);
        },
      },
    );
    expect(format(trap)).toEqual({
      message: 'Internal error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
  });

  it.each(Object.keys(publicText) as ErrorCode[])(
    'says what %s means, in either language, and no word of the upstream',
    (code) => {
      const upstream = {
        status: 400,
        wechatCode: 'PARAM_ERROR',
        wechatMessage: canary,
        requestId: '08-1',
        verified: true,
      };
      const error = new AppError(code, canary, {
        upstream,
        cause: new Error(canary),
        retryAfterMs: 5,
        plannedCalls: 7,
      });
      for (const [index, language] of (['en', 'zh'] as const).entries()) {
        const operationEvent = format(
          new GraphQLError(canary, { originalError: error, path: ['a', 0] }),
          language,
        );
        expect(operationEvent).toMatchObject({
          message: publicText[code][index],
          path: ['a', 0],
          extensions: { code },
        });
        expect(JSON.stringify(operationEvent)).not.toMatch(/13799990001|张三|secret/);
      }
      expect(publicText[code][1]).toMatch(/\p{Script=Han}/u);
    },
  );

  it.each(['MISCONFIGURED', 'UPSTREAM_SIGNATURE_INVALID', 'UPSTREAM_MALFORMED'] as const)(
    'gives %s an id that the log has as well',
    (code) => {
      expect(format(new AppError(code, 'x')).extensions).toMatchObject({ code, errorId: 'e1' });
      expect(reports).toHaveLength(1);
    },
  );
});

describe('over real sockets', () => {
  const card = (openid: string): string =>
    `{ userCard(brandId: "1004", cardId: "${firstExample.cardId}", openid: "${openid}", userCardCode: "1") { level } }`;

  it("an upstream refusal is reported in our words and the caller's language", async () => {
    const app = await testApp();
    try {
      const english = await app.ask(card('invalid-openid'));
      expect(english.errors).toMatchObject([
        { message: 'WeChat Pay refused the request.', extensions: { wechatCode: 'INVALID_REQUEST' } },
      ]);
      expect(english.text).not.toMatch(/OpenID|无效/);
      const chinese = await app.ask(card('foreign-openid'), {}, { 'accept-language': 'en;q=0.3, zh-TW' });
      expect(chinese.errors).toMatchObject([{ message: '微信支付拒绝了该请求。' }]);
    } finally {
      await app.close();
    }
  });

  it('the error id in the response is the one in the log', async () => {
    const app = await testApp();
    try {
      app.sandbox.faults.set([{ kind: 'badSignature' }]);
      const { errors } = await app.ask(card('nobody'));
      expect(errors).toMatchObject([
        {
          extensions: {
            code: 'UPSTREAM_SIGNATURE_INVALID',
            errorId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
          },
        },
      ]);
      expect(app.reports.map(({ errorId }) => errorId)).toEqual([errors[0]?.extensions.errorId]);
    } finally {
      await app.close();
    }
  });
});
