import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../shared/is-record';
import { choice, entries, members, problem, text, type Setting } from './reader';
import { secretFile, type SecretSource } from './secrets';

/** Which documents clients may send: any (`off`), any but unknown ones are logged (`log`), only these (`enforce`). */
export interface TrustedDocumentsSettings {
  readonly mode: 'off' | 'log' | 'enforce';
  /** Document by each of its ids: the id in its manifest, and the SHA-256 of its text in hex. Empty if the mode is `off`. */
  readonly documents: ReadonlyMap<string, string>;
}

export const noTrustedDocuments: TrustedDocumentsSettings = { mode: 'off', documents: new Map() };

/** The operations shipped with the server. */
const ownManifest = join(__dirname, '..', '..', 'schema', 'documents.json');

/** The operations shipped with the server, so that their ids can be tried; unknown documents are logged. */
export const ownTrustedDocuments = (): TrustedDocumentsSettings => {
  const documents = new Map<string, string>();
  const problems: string[] = [];
  readManifest(
    readFileSync(ownManifest, 'utf8'),
    { path: ownManifest, value: ownManifest, problems },
    documents,
  );
  return { mode: 'log', documents };
};

export const readTrustedDocuments = (setting: Setting, source: SecretSource): TrustedDocumentsSettings => {
  const { mode, files } = members(setting, ['mode', 'files']);
  const chosen = setting.value === undefined ? 'off' : choice(mode, ['off', 'log', 'enforce']);
  if (chosen === undefined || chosen === 'off') return noTrustedDocuments;
  const documents = new Map<string, string>();
  const named = files.value === undefined ? [{ ...files, value: ownManifest }] : entries(files, 'one file');
  for (const file of named) {
    const content = secretFile(file, source);
    if (content !== undefined) readManifest(content, file, documents);
  }
  return { mode: chosen, documents };
};

/**
 * Adds the documents of one manifest: Apollo's (`{"operations": [{"id", "body"}]}`), or an object of texts by id, as
 * relay-compiler, GraphQL Code Generator and gql.tada write it.
 */
const readManifest = (content: string, file: Setting, documents: Map<string, string>): void => {
  const manifest = jsonOf(content);
  if (!isRecord(manifest)) {
    problem(
      file,
      'is not JSON of a manifest; it must be {"id": "text", …}, or {"operations": […]} as in schema/documents.json',
    );
    return;
  }
  const place = (path: string, value: unknown): Setting => ({
    path: `${file.path}: ${path}`,
    value,
    problems: file.problems,
  });
  if (Array.isArray(manifest.operations)) {
    for (const entry of entries(place('operations', manifest.operations), 'one')) {
      const at = (name: 'id' | 'body'): Setting => ({
        ...entry,
        path: `${entry.path}.${name}`,
        value: Reflect.get(Object(entry.value), name) as unknown,
      });
      addDocument({ id: at('id'), body: at('body') }, documents);
    }
    return;
  }
  const texts = Object.entries(manifest);
  if (texts.length === 0) problem(file, 'must list at least one document');
  // By number: if the wrong file was named, its content must not be shown.
  for (const [index, [id, body]] of texts.entries())
    addDocument({ id: place(`id ${index + 1}`, id), body: place(`text ${index + 1}`, body) }, documents);
};

const addDocument = (
  { id, body }: { readonly id: Setting; readonly body: Setting },
  documents: Map<string, string>,
): void => {
  const document = text(body, { as: 'the text of a document' });
  const name = text(id, {
    pattern: /^[\w.:/+=-]{1,200}$/,
    as: 'an id of 1 to 200 letters, digits and . : / + = _ -',
  });
  if (document === undefined || name === undefined) return;
  const hash = createHash('sha256').update(document).digest('hex');
  const plain = withoutAlgorithm(name);
  if (/^[0-9a-f]{64}$/.test(plain) && plain !== hash) {
    problem(id, 'is not the SHA-256 of the text; build the manifest again');
    return;
  }
  if ((documents.get(plain) ?? document) !== document) {
    problem(id, 'names another document elsewhere; give each document an id of its own over all files');
    return;
  }
  documents.set(plain, document).set(hash, document);
};

/** Clients may write the algorithm before a hash (GraphQL over HTTP, persisted documents). */
const withoutAlgorithm = (id: string): string => id.replace(/^sha256:/, '');

const jsonOf = (content: string): unknown => {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
};
