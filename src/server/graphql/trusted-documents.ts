import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors';
import { keepMostRecent } from '../../shared/most-recent';

export interface TrustedDocumentsOptions {
  /** The settings in force, asked for every request: they may change while the server runs. */
  readonly settings: () => {
    readonly mode: 'off' | 'log' | 'enforce';
    /** Document by each of its ids; the SHA-256 of its text in hex is one of them. */
    readonly documents: ReadonlyMap<string, string>;
  };
  /** Texts by SHA-256 that are accepted in every mode: those of the server's own pages. Default: none. */
  readonly own?: ReadonlyMap<string, string> | undefined;
  /** Called once for each unknown document; `hash` is the SHA-256 of its text. */
  readonly onUnknown: (hash: string) => void;
}

/** The members of a GraphQL request, from its body or URL. */
export type RequestMembers = Readonly<Record<string, unknown>>;

/**
 * Replaces a document id by the document's text, and checks a text against the manifest. Throws AppError FORBIDDEN for requests
 * that the mode does not allow, before anything is parsed.
 */
export type AdmitDocument = (request: RequestMembers) => RequestMembers;

/** Documents remembered as reported; beyond that, one may be reported again. */
const maxReported = 1_000;

export const createTrustedDocuments = ({
  settings,
  own,
  onUnknown,
}: TrustedDocumentsOptions): AdmitDocument => {
  const told = keepMostRecent<true>(maxReported);

  return (request) => {
    const { mode, documents } = settings();
    const { query, documentId: _, id: __, doc_id: ___, extensions, ...rest } = request;
    const hasText = typeof query === 'string' && query !== '';
    if (mode === 'off') return hasText ? asPlainText(request) : request;
    if (hasText) {
      const hash = createHash('sha256').update(query).digest('hex');
      if (documents.has(hash) || own?.has(hash) === true) return asPlainText(request);
      if (!told.has(hash)) {
        told.set(hash, true);
        onUnknown(hash);
      }
      if (mode === 'enforce') throw unknownDocument();
      return asPlainText(request);
    }
    const asked = idOf(request);
    // Neither text nor id: another guard reports what is missing.
    if (asked === undefined) return request;
    const known = documents.get(asked.id);
    if (known !== undefined) return { ...rest, ...withoutPersistedQuery(extensions), query: known };
    // Apollo reports that it stores no documents, and its clients then send the text.
    if (mode === 'log' && asked.isHash) return request;
    throw unknownDocument();
  };
};

/**
 * Reads `documentId` (GraphQL over HTTP, persisted documents), `id` and `doc_id` (Relay's clients), or the extension of Apollo's
 * clients: the first that is there. `isHash`: it came in that extension, whose clients have the text as well.
 */
const idOf = ({
  documentId,
  id,
  doc_id,
  extensions,
}: RequestMembers): { readonly id: string; readonly isHash: boolean } | undefined => {
  const hash = member(member(extensions, 'persistedQuery'), 'sha256Hash');
  const given = [documentId, id, doc_id, hash].find(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  return given === undefined ? undefined : { id: given.replace(/^sha256:/, ''), isHash: given === hash };
};

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;

/** Whether the extensions of a request name a document by a hash, as Apollo's clients do. */
export const isPersistedQuery = (extensions: unknown): boolean =>
  member(extensions, 'persistedQuery') !== undefined;

/** A request with a text: a hash beside it adds nothing. */
const asPlainText = (request: RequestMembers): RequestMembers =>
  isPersistedQuery(request.extensions)
    ? { ...request, ...withoutPersistedQuery(request.extensions) }
    : request;

/** Removes the extension, or Apollo would look for the document in a cache that this server does not have. */
const withoutPersistedQuery = (extensions: unknown): RequestMembers => {
  if (typeof extensions !== 'object' || extensions === null) return {};
  const { persistedQuery: _, ...others } = extensions as RequestMembers;
  return { extensions: others };
};

const unknownDocument = (): AppError =>
  new AppError('FORBIDDEN', 'a document outside the manifest', {
    publicMessage: [
      'Only reviewed documents are accepted; send the id of a document in the manifest.',
      '仅接受已审核的文档，请发送清单中文档的 id。',
    ],
  });
