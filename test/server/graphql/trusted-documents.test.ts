import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { manifestOf, type DocumentsManifest } from '../../../src/cli/documents-manifest';
import type { Config } from '../../../src/config/config';
import { noTrustedDocuments } from '../../../src/config/trusted-documents';
import { testApp, type TestApp } from '../../support/test-app';

const schemaDirectory = join(__dirname, '..', '..', '..', 'schema');
const manifest = JSON.parse(
  readFileSync(join(schemaDirectory, 'documents.json'), 'utf8'),
) as DocumentsManifest;
const documents = new Map(manifest.operations.map(({ id, body }) => [id, body]));
const idOf = (name: string): string => manifest.operations.find((one) => one.name === name)?.id ?? '';
const bodyOf = (name: string): string => documents.get(idOf(name)) ?? '';

describe('the manifest of reviewed operations', () => {
  it('matches schema/operations', () => {
    const sources = readdirSync(join(schemaDirectory, 'operations'))
      .filter((name) => name.endsWith('.graphql'))
      .map((name) => readFileSync(join(schemaDirectory, 'operations', name), 'utf8'));
    expect(manifest).toEqual(manifestOf(sources));
    expect(manifest.operations.length).toBeGreaterThan(5);
  });

  it('has self-contained documents, by their hashes', () => {
    const schema = buildSchema(readFileSync(join(schemaDirectory, 'schema.graphql'), 'utf8'));
    for (const { id, name, body } of manifest.operations) {
      expect([name, validate(schema, parse(body))]).toEqual([name, []]);
      expect(createHash('sha256').update(body).digest('hex')).toBe(id);
    }
  });

  it('refuses operations that spread an undefined fragment', () => {
    expect(() => manifestOf(['query q { ...f }'])).toThrow('schema/operations has no fragment f');
  });
});

const trusting =
  (mode: 'log' | 'enforce') =>
  (config: Config): Config => ({ ...config, trustedDocuments: { mode, documents } });
const stranger = '{ brands { totalCount } }';

describe.each(['log', 'enforce'] as const)('in the mode %s', (mode) => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp({ change: trusting(mode) });
  });
  afterEach(() => app.close());

  const post = async (body: object, headers = {}) => {
    const response = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const get = async (parameters: Record<string, string>) => {
    const response = await fetch(`${app.url}?${new URLSearchParams(parameters).toString()}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const brands = { data: { brands: { totalCount: 3 } } };

  it('a reviewed document is accepted by its text and by its id in any form', async () => {
    const variables = { first: 2 };
    const id = idOf('Brands');
    const persisted = { persistedQuery: { version: 1, sha256Hash: id } };
    for (const body of [
      { documentId: `sha256:${id}`, variables },
      { documentId: id, variables },
      { id, variables },
      { doc_id: id, variables },
      { doc_id: `sha256:${id}`, documentId: '', variables },
      { extensions: persisted, variables },
      { query: bodyOf('Brands'), variables },
    ])
      expect(await post(body)).toMatchObject({ status: 200, body: brands });
    for (const parameters of [
      { documentId: `sha256:${id}` },
      { id },
      { doc_id: id },
      { extensions: JSON.stringify(persisted) },
      { query: bodyOf('Brands') },
    ])
      expect(await get({ ...parameters, variables: JSON.stringify(variables) })).toMatchObject({
        status: 200,
        body: brands,
      });
    expect(app.unknownDocuments).toEqual([]);
  });

  it('an id that is not in the manifest is refused', async () => {
    const unknown = await post({ documentId: `sha256:${'0'.repeat(64)}` }, { 'accept-language': 'zh' });
    expect(unknown).toEqual({
      status: 403,
      body: {
        errors: [
          {
            message: '仅接受已审核的文档，请发送清单中文档的 id。',
            extensions: { code: 'FORBIDDEN' },
          },
        ],
      },
    });
  });

  it(`any other text is ${mode === 'log' ? 'accepted and reported once' : 'refused unparsed and reported once'}`, async () => {
    const expected = mode === 'log' ? { status: 200, body: brands } : { status: 403 };
    for (const answer of [
      await post({ query: stranger }),
      await post({ query: stranger, documentId: idOf('Brands') }),
      await get({ query: stranger }),
    ])
      expect(answer).toMatchObject(expected);
    expect(app.unknownDocuments).toEqual([createHash('sha256').update(stranger).digest('hex')]);
    if (mode === 'log') return;
    expect(await post({ query: '{{{' })).toMatchObject({ status: 403 });
    expect(await post({ query: `${bodyOf('Brands')} ` })).toMatchObject({ status: 403 });
    // Two texts; another parser might use the other one.
    const twice = await fetch(
      `${app.url}?query=${encodeURIComponent(stranger)}&query=${encodeURIComponent(bodyOf('Brands'))}`,
      { headers: { 'apollo-require-preflight': '1' } },
    );
    expect(twice.status).toBe(400);
  });

  it(`clients of automatic persisted queries ${mode === 'log' ? 'send the text next, and run' : 'are refused'}`, async () => {
    const hash = createHash('sha256').update(stranger).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
    const refused = { status: 403, body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } };
    const notStored = {
      status: 200,
      body: { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }] },
    };
    for (const answer of [await post({ extensions }), await get({ extensions: JSON.stringify(extensions) })])
      expect(answer).toMatchObject(mode === 'log' ? notStored : refused);
    for (const answer of [
      await post({ query: stranger, extensions }),
      await get({ query: stranger, extensions: JSON.stringify(extensions) }),
    ])
      expect(answer).toMatchObject(mode === 'log' ? { status: 200, body: brands } : refused);
    // A reviewed text is not refused for a hash beside it.
    const reviewed = { query: bodyOf('Brands'), variables: { first: 2 }, extensions };
    expect(await post(reviewed)).toMatchObject({ status: 200, body: brands });
  });

  it('a request with neither text nor id gets an error that names what is missing', async () => {
    expect((await post({})).status).toBe(400);
    expect((await post({ query: 5 })).status).toBe(400);
  });
});

describe('the demo', () => {
  it('knows the ids of the reviewed operations, and logs other documents', async () => {
    const app = await testApp();
    try {
      const response = await fetch(app.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ documentId: idOf('Brands'), variables: { first: 1 } }),
      });
      expect(await response.json()).toMatchObject({ data: { brands: { totalCount: 3 } } });
      expect((await app.ask(stranger)).errors).toEqual([]);
      expect(app.unknownDocuments).toHaveLength(1);
    } finally {
      await app.close();
    }
  });
});

describe('in the mode off', () => {
  it('ids are unknown and every text is accepted', async () => {
    const app = await testApp({
      change: (config) => ({ ...config, trustedDocuments: noTrustedDocuments }),
    });
    try {
      expect((await app.ask(stranger)).errors).toEqual([]);
      const hashed = await fetch(app.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: stranger,
          extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } },
        }),
      });
      expect(await hashed.json()).toMatchObject({ data: { brands: { totalCount: 3 } } });
      const response = await fetch(app.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ documentId: idOf('Brands') }),
      });
      expect(response.status).toBe(400);
      expect(app.unknownDocuments).toEqual([]);
    } finally {
      await app.close();
    }
  });
});
