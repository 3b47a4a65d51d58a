import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrustedDocuments } from '../../src/config/trusted-documents';

const directory = mkdtempSync(join(tmpdir(), 'manifests-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const read = (...manifests: readonly unknown[]) => {
  const problems: string[] = [];
  const files = manifests.map((manifest, index) => {
    writeFileSync(join(directory, `${index}.json`), JSON.stringify(manifest));
    return `${index}.json`;
  });
  const settings = readTrustedDocuments(
    { path: 'trustedDocuments', value: { mode: 'enforce', files }, problems },
    { file: join(directory, 'config.yaml'), env: {} },
  );
  return { documents: settings.documents, problems };
};

const [web, mini] = ['query Web { brands { totalCount } }', 'query Mini { brands { nodes { name } } }'];
const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

describe('manifests of trusted documents', () => {
  it.each<[string, object, string]>([
    ['relay-compiler (MD5)', { [hash('md5', web)]: web }, hash('md5', web)],
    ['GraphQL Code Generator (SHA-1)', { [hash('sha1', web)]: web }, hash('sha1', web)],
    ['GraphQL Code Generator (SHA-256)', { [hash('sha256', web)]: web }, hash('sha256', web)],
    ['gql.tada', { [`sha256:${hash('sha256', web)}`]: web }, hash('sha256', web)],
    ['names of their own', { 'web/Brands.v2': web }, 'web/Brands.v2'],
    [
      'Apollo',
      {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: hash('sha256', web), name: 'Web', type: 'query', body: web }],
      },
      hash('sha256', web),
    ],
    ['Apollo with ids of their own', { operations: [{ id: 'Web', body: web }] }, 'Web'],
  ])('of %s are read', (_, manifest, id) => {
    const { documents, problems } = read(manifest);
    expect(problems).toEqual([]);
    expect(documents.get(id)).toBe(web);
    // By the text itself too, whatever its id is.
    expect(documents.get(hash('sha256', web))).toBe(web);
  });

  it('may be several, of any form', () => {
    const { documents, problems } = read(
      { w1: web },
      { operations: [{ id: 'm1', body: mini }] },
      { w1: web },
    );
    expect(problems).toEqual([]);
    expect([documents.get('w1'), documents.get('m1')]).toEqual([web, mini]);
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['the same id for two documents', [{ a: web }, { a: mini }], /files\[1\]: id 1: names another document/],
    ['a hash of another text', [{ [hash('sha256', mini)]: web }], /id 1: is not the SHA-256 of the text/],
    ['an empty text', [{ a: '' }], /text 1: must be the text of a document/],
    ['a text that is none', [{ a: { query: web } }], /text 1: must be the text of a document/],
    ['an id that no client can send', [{ 'a b': web }], /id 1: must be an id of 1 to 200/],
    ['no document', [{}], /files\[0\]: must list at least one document/],
    ['no operation', [{ operations: [] }], /operations: must list at least one/],
    ['a list', [[web]], /files\[0\]: is not JSON of a manifest/],
  ])('with %s are refused', (_, manifests, expected) => {
    expect(read(...manifests).problems.join('\n')).toMatch(expected);
  });

  it('reveal nothing about a file that was configured by mistake', () => {
    const { problems } = read({ 'the secret': { deep: 'the secret' } }, ['the secret'], 'the secret');
    expect(problems.length).toBeGreaterThanOrEqual(3);
    expect(problems.join()).not.toContain('secret');
  });
});
