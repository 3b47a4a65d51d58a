import { GraphQLError } from 'graphql';
import { formatError, type ErrorReport } from '../../../src/server/graphql/format-error';
import { permissionsOf } from '../../../src/auth/permissions';
import { namedRefusal } from '../../../src/graphql/refusals/upstream-user-errors';
import { Sentence } from '../../../src/shared/sentence';
import { AppError, publicText, type ErrorCode } from '../../../src/shared/errors';
import { firstExample } from '../../../src/sandbox/seed';
import { testApp } from '../../support/test-app';

const canary = '13799990001 张三 sk-secret';

describe('an error as a client reads it', () => {
  let reports: ErrorReport[];
  beforeEach(() => {
    reports = [];
  });
  const format = (thrown: unknown, language: 'en' | 'zh' = 'en', ...scopes: readonly string[]) =>
    formatError(thrown, {
      language,
      permissions: permissionsOf(scopes),
      newErrorId: () => 'e1',
      report: (report) => reports.push(report),
      nameRefusal: namedRefusal,
    });

  it.each<[string, unknown]>([
    ['an Error', new TypeError(canary)],
    ['an Error within a GraphQLError', new GraphQLError(canary, { originalError: new Error(canary) })],
    ['a GraphQLError of no known code', new GraphQLError(canary, { extensions: { code: canary, canary } })],
    ['our own internal error', new AppError('INTERNAL_SERVER_ERROR', canary)],
    ['text', canary],
    ['nothing', undefined],
    ['an object', { message: canary, extensions: { code: 'BAD_USER_INPUT' } }],
  ])('reveals nothing about %s except the id under which it is logged', (_, thrown) => {
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
  ])('omits the stack trace that an error of %s has', (_, extensions) => {
    const stacktrace = [canary, '    at resolve (file.ts:1:2)'];
    const error = new GraphQLError('x', { extensions: { ...(extensions as object), stacktrace } });
    expect(JSON.stringify(format(error))).not.toMatch(/stacktrace|file\.ts|13799990001/);
  });

  it.each(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'BAD_REQUEST'] as const)(
    'has our sentence for %s, and not the one that quotes the request',
    (code) => {
      const error = new GraphQLError(canary, { extensions: { code } });
      expect([format(error), format(error, 'zh')]).toEqual(
        publicText[code].map((message) => ({ message, extensions: { code } })),
      );
    },
  );

  it('handles any thrown value', () => {
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
    "explains %s in either language, without WeChat Pay's words for readers",
    (code) => {
      const upstream = {
        status: 400,
        wechatCode: 'NEW_ERROR',
        sentence: new Sentence('新的规则'),
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
        expect(JSON.stringify(operationEvent)).not.toMatch(/13799990001|张三|secret|新的规则/);
      }
      expect(publicText[code][1]).toMatch(/\p{Script=Han}/u);
    },
  );

  it("shows WeChat Pay's sentence to writers and administrators, and the hint to administrators", () => {
    const error = new AppError('MISCONFIGURED', 'x', {
      upstream: { status: 401, sentence: new Sentence('商户证书序列号有误'), verified: false },
      hint: ['Serial number.', '证书序列号。'],
    });
    const seen = (...scopes: readonly string[]) => {
      const { wechatMessage, hint } = format(error, 'zh', ...scopes).extensions ?? {};
      return [wechatMessage, hint];
    };
    expect(seen('brand:1004:read', 'brand:1004:pii', 'schema:read')).toEqual([undefined, undefined]);
    expect(seen('brand:1004:write')).toEqual(['商户证书序列号有误', undefined]);
    expect(seen('admin')).toEqual(['商户证书序列号有误', '证书序列号。']);
  });

  it('names a documented refusal as the mutations do', () => {
    const error = new AppError('UPSTREAM_REJECTED', 'x', {
      upstream: { status: 400, sentence: new Sentence('OpenID 不属于品牌的 AppID'), verified: true },
    });
    expect(format(error)).toEqual({
      message: "openid does not belong to the brand's appid.",
      extensions: { code: 'OPENID_NOT_OF_BRAND', field: ['openid'] },
    });
  });

  it.each(['MISCONFIGURED', 'UPSTREAM_SIGNATURE_INVALID', 'UPSTREAM_MALFORMED'] as const)(
    'gives %s an id that is in the log too',
    (code) => {
      expect(format(new AppError(code, 'x')).extensions).toMatchObject({ code, errorId: 'e1' });
      expect(reports).toHaveLength(1);
    },
  );
});

describe('over real sockets', () => {
  const card = (openid: string): string =>
    `{ userCard(by: { key: { brandId: "1004", cardId: "${firstExample.cardId}", openid: "${openid}", userCardCode: "1" } }) { level } }`;

  it("an upstream refusal is reported in our words and the caller's language", async () => {
    const app = await testApp();
    try {
      const english = await app.ask(card('invalid-openid'));
      expect(english.errors).toMatchObject([
        {
          message: 'openid is not valid.',
          extensions: {
            code: 'INVALID',
            field: ['openid'],
            wechatCode: 'INVALID_REQUEST',
            wechatMessage: 'OpenID 无效',
          },
        },
      ]);
      const chinese = await app.ask(card('foreign-openid'), {}, { 'accept-language': 'en;q=0.3, zh-TW' });
      expect(chinese.errors).toMatchObject([
        {
          message: 'openid 不是该品牌 AppID 下的用户标识。',
          extensions: { code: 'OPENID_NOT_OF_BRAND' },
        },
      ]);
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
