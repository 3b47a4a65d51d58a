import { request as httpRequest } from 'node:http';
import { callers } from '../support/callers';
import { jpeg, png } from '../support/pictures';
import { testApp, type TestApp } from '../support/test-app';

interface Answered {
  readonly status: number;
  readonly body: {
    readonly cardPictureUrl?: string;
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  };
  readonly headers: Headers;
}

describe('the upload of a picture', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    app.sandbox.ledger.clear();
    app.sandbox.faults.set([]);
  });

  const upload = async (
    bytes: Buffer,
    { brandId = '1004', type = 'image/png', method = 'POST', language = 'en' } = {},
  ): Promise<Answered> => {
    const response = await fetch(new URL(`/images?brandId=${brandId}`, app.url), {
      method,
      headers: { 'content-type': type, 'accept-language': language },
      ...(method === 'GET' ? {} : { body: new Uint8Array(bytes) }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Answered['body'],
      headers: response.headers,
    };
  };

  it.each([
    ['partner', '1004', 'PNG', png(), 'image/png'],
    ['brand', '1001622624', 'JPEG', jpeg(), 'image/jpeg'],
  ])(
    'on the %s route, for brand %s, of a %s, returns a URL that templates accept',
    async (route, brandId, _, bytes, type) => {
      const { status, body } = await upload(bytes, { brandId, type });
      expect([status, body]).toEqual([
        200,
        { cardPictureUrl: expect.stringMatching(/^https:\/\//) as string },
      ]);
      expect(app.sandbox.ledger.entries()).toEqual([
        expect.objectContaining({ interface: 'UPLOAD_IMAGE', route, status: 200 }),
      ]);
      const { data } = await app.ask(
        `mutation ($input: UpdateCardTemplateInput!) { updateCardTemplate(input: $input) {
        cardTemplate { cardPictureUrl } userErrors { code } } }`,
        { input: { brandId, cardId: `p${brandId}Seed-Template-1`, ...body } },
      );
      expect(data).toEqual({ updateCardTemplate: { cardTemplate: body, userErrors: [] } });
    },
  );

  it.each<[string, Parameters<typeof upload>, number, string]>([
    ['a brand that is not configured', [png(), { brandId: '9' }], 404, 'NOT_FOUND'],
    ['another type', [png(), { type: 'image/gif' }], 415, 'BAD_USER_INPUT'],
    ['another method', [png(), { method: 'GET' }], 405, 'BAD_REQUEST'],
    ['bytes that are no picture', [Buffer.from('secret-text')], 400, 'BAD_USER_INPUT'],
    ['a picture that is too wide', [jpeg(5_001, 1)], 400, 'BAD_USER_INPUT'],
    ['a picture that is too large', [png(1, 1, 1_048_576)], 413, 'BAD_USER_INPUT'],
  ])('refuses %s, sends nothing and echoes nothing', async (_, [bytes, how], status, code) => {
    const answer = await upload(bytes, how);
    expect([answer.status, answer.body.errors?.[0]?.extensions.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret-text/);
    expect(app.arrived()).toBe(0);
  });

  describe('in a form', () => {
    const part = (name: string, bytes: Buffer | string, file?: string): Buffer =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"`),
        Buffer.from(
          file === undefined ? '\r\n\r\n' : `; filename="${file}"\r\nContent-Type: image/jpg\r\n\r\n`,
        ),
        Buffer.from(bytes),
        Buffer.from('\r\n'),
      ]);
    const end = Buffer.from('--b--\r\n');
    const send = (
      parts: readonly Buffer[],
      { type = 'multipart/form-data; boundary=b', language = 'en' } = {},
    ) => upload(Buffer.concat(parts), { type, language });

    it.each<[string, readonly Buffer[]]>([
      ['as wx.uploadFile sends it', [part('file', png(), 'tmp_0a1b.png'), end]],
      [
        'of a page, with fields and an input without a file',
        [part('note', '会员'), part('empty', '', ''), part('picture', jpeg(), '图.jpg'), part('x', '1'), end],
      ],
      ['of the largest size', [part('file', png(1, 1, 1_048_576 - png(1, 1, 1).length + 1), 'a.png'), end]],
    ])('%s, is uploaded', async (_, parts) => {
      expect(await send(parts)).toMatchObject({
        status: 200,
        body: { cardPictureUrl: expect.stringMatching(/^https:\/\//) as string },
      });
      expect(app.arrived('UPLOAD_IMAGE')).toBe(1);
    });

    it('is what FormData of a browser makes', async () => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(png())], { type: 'image/png' }), 'card.png');
      const response = await fetch(new URL('/images?brandId=1004', app.url), { method: 'POST', body: form });
      expect([response.status, await response.json()]).toEqual([
        200,
        { cardPictureUrl: expect.any(String) as string },
      ]);
    });

    const whole = [part('file', png(), 'a.png'), end];
    const cut = Buffer.concat(whole);
    const many = Array.from({ length: 30 }, (_, index) => part(`f${index}`, 'secret-text'));
    it.each<[string, readonly Buffer[], number, RegExp, RegExp]>([
      ['without a file', [part('file', 'secret-text'), end], 400, /as a file/, /以文件形式/],
      ['of two files', [part('a', png(), 'a.png'), ...whole], 400, /one file only/, /只能包含一个文件/],
      ['that is cut off', [cut.subarray(0, -8)], 400, /malformed or incomplete/, /不完整/],
      ['that is cut off in its first part', [cut.subarray(0, 30)], 400, /malformed/, /表单格式/],
      ['that is empty', [Buffer.alloc(0)], 400, /malformed/, /表单格式/],
      [
        'with another boundary',
        [Buffer.from(cut.toString('latin1').replaceAll('--b', '--c'), 'latin1')],
        400,
        /malformed/,
        /表单格式/,
      ],
      ['with too many fields', [...many, ...whole], 400, /malformed/, /表单格式/],
      [
        'with a file that is no picture',
        [part('file', 'secret-text', 'a.png'), end],
        400,
        /PNG|JPEG/,
        /图片/,
      ],
      [
        'with a file that is too large',
        [part('file', png(1, 1, 1_048_576), 'a.png'), end],
        413,
        /must not exceed 1048576 bytes/,
        /最大 1048576 字节/,
      ],
      [
        'that is too large beside its file',
        [part('x', 'x'.repeat(1_100_000)), ...whole],
        413,
        /exceed/,
        /最大/,
      ],
    ])('%s, is refused with nothing sent', async (_, parts, status, en, zh) => {
      const before = app.intents.length;
      for (const [language, sentence] of [
        ['en', en],
        ['zh', zh],
      ] as const) {
        const answer = await send(parts, { language });
        expect([answer.status, answer.body.errors?.[0]?.extensions.code]).toEqual([status, 'BAD_USER_INPUT']);
        expect(answer.body.errors?.[0]?.message).toMatch(sentence);
        expect(JSON.stringify(answer.body)).not.toMatch(/secret-text/);
      }
      expect(app.arrived()).toBe(0);
      expect(app.intents.length).toBe(before);
    });
  });

  it('refuses a form without a boundary', async () => {
    const { status, body } = await upload(png(), { type: 'multipart/form-data' });
    expect([status, body.errors?.[0]?.message]).toEqual([400, 'The form is malformed or incomplete.']);
  });

  it('stops reading a body without a length when it is too large', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(
        new URL('/images?brandId=1004', app.url),
        { method: 'POST', headers: { 'content-type': 'image/png', 'transfer-encoding': 'chunked' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on('error', reject);
      sent.write(Buffer.alloc(1_048_577));
    });
    expect(status).toBe(413);
  });

  it("is refused for another caller's brand before its body is read", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(
        new URL('/images?brandId=999999', app.url),
        { method: 'POST', headers: { 'content-type': 'image/png', 'content-length': '1000' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
          sent.destroy();
        },
      );
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(404);
  }, 5_000);

  it('has Chinese messages for callers that prefer them', async () => {
    const { body } = await upload(Buffer.from('x'), { language: 'zh' });
    expect(body.errors?.[0]?.message).toMatch(/图片/);
  });

  it('is repeated after a lost response, because a second copy does no harm', async () => {
    app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: 'UPLOAD_IMAGE', times: 1 }]);
    expect((await upload(png())).status).toBe(200);
    expect(app.arrived('UPLOAD_IMAGE')).toBe(2);
  });

  it('returns 503 if WeChat Pay is unreachable, and 502 if its response is not genuine', async () => {
    app.sandbox.faults.set([{ kind: 'reset', when: 'before', interface: 'UPLOAD_IMAGE' }]);
    expect(await upload(png())).toMatchObject({
      status: 503,
      body: { errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] },
    });
    app.sandbox.faults.set([{ kind: 'badSignature', interface: 'UPLOAD_IMAGE' }]);
    expect((await upload(png())).status).toBe(502);
  });
});

describe('an upload with authentication', () => {
  it('needs the permission to write to the brand, and is recorded in the audit log', async () => {
    const known = callers({
      writer: ['brand:1004:write'],
      reader: ['brand:1004:read', 'brand:1001622624:write'],
    });
    const app = await testApp({ change: (config) => ({ ...config, auth: known.settings }) });
    const send = async (headers: Readonly<Record<string, string>>): Promise<[number, unknown]> => {
      const response = await fetch(new URL('/images?brandId=1004', app.url), {
        method: 'POST',
        headers: { 'content-type': 'image/png', ...headers },
        body: new Uint8Array(png()),
      });
      return [response.status, await response.json()];
    };
    expect((await send({}))[0]).toBe(401);
    expect(await send(known.headers.reader)).toMatchObject([
      404,
      { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
    ]);
    expect(app.arrived()).toBe(0);
    expect((await send(known.headers.writer))[0]).toBe(200);
    expect(app.audit).toMatchObject([
      { caller: 'key:reader', operation: 'uploadImage', brandId: '1004', outcome: 'NOT_FOUND' },
      { caller: 'key:writer', operation: 'uploadImage', brandId: '1004', outcome: 'OK' },
    ]);
    // What was refused was never about to be sent.
    expect(app.intents).toMatchObject([{ caller: 'key:writer', id: app.audit[1]?.id }]);
    await app.close();
    known.remove();
  });
});
