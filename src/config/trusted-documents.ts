import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { choice, entries, members, problem, text, type Setting } from './reader';
import { secretFile, type SecretSource } from './secrets';

/** Which documents clients may send: any (`off`), any but unknown ones are logged (`log`), only these (`enforce`). */
export interface TrustedDocumentsSettings {
  readonly mode: 'off' | 'log' | 'enforce';
  /** Document by its SHA-256 in hex. Empty if the mode is `off`. */
  readonly documents: ReadonlyMap<string, string>;
}

export const noTrustedDocuments: TrustedDocumentsSettings = { mode: 'off', documents: new Map() };

/** The operations shipped with the server. */
const ownManifest = join(__dirname, '..', '..', 'schema', 'documents.json');

export const readTrustedDocuments = (setting: Setting, source: SecretSource): TrustedDocumentsSettings => {
  const { mode, file } = members(setting, ['mode', 'file']);
  const chosen = setting.value === undefined ? 'off' : choice(mode, ['off', 'log', 'enforce']);
  if (chosen === undefined || chosen === 'off') return noTrustedDocuments;
  const content = secretFile(file.value === undefined ? { ...file, value: ownManifest } : file, source);
  if (content === undefined) return noTrustedDocuments;
  return { mode: chosen, documents: readManifest(content, file) };
};

const readManifest = (content: string, file: Setting): ReadonlyMap<string, string> => {
  const documents = new Map<string, string>();
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    problem(file, 'is not JSON; it must be a manifest built with `npm run schema` (schema/documents.json)');
    return documents;
  }
  const operations = Reflect.get(Object(value), 'operations') as unknown;
  const listed = entries(
    { path: `${file.path}: operations`, value: operations, problems: file.problems },
    'one',
  );
  for (const { path, value: entry, problems } of listed) {
    const at = (name: 'id' | 'body'): Setting => ({
      path: `${path}.${name}`,
      value: Reflect.get(Object(entry), name) as unknown,
      problems,
    });
    const body = text(at('body'), { as: 'the text of a document' });
    const id = text(at('id'), { pattern: /^[0-9a-f]{64}$/, as: 'the SHA-256 of the body in hex' });
    if (body === undefined || id === undefined) continue;
    if (createHash('sha256').update(body).digest('hex') === id) documents.set(id, body);
    else problem(at('id'), 'is not the SHA-256 of the body; build the manifest again');
  }
  return documents;
};
