import { defined } from '../../shared/defined';
import type { UpstreamFacts } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { redactSentence } from '../../shared/redact-sentence';
import { Sentence } from '../../shared/sentence';

/** What an error response says. */
export type Evidence = Pick<UpstreamFacts, 'wechatCode' | 'sentence' | 'field' | 'location' | 'detail'>;

/**
 * Reads the body of an error response as far as possible; no shape makes it fail. The documented form is
 * `{code, message, detail: {field, issue, location}}`, but `detail` has been seen with other members, nested, and absent. What
 * is not JSON counts as a sentence. Everything is redacted by the request's values.
 */
export const evidenceIn = (body: string, values: readonly string[]): Evidence => {
  const parsed = parse(body);
  if (!isRecord(parsed)) return textIn(body, values);
  const { code, message, detail } = parsed;
  const { issue, field, location, isPlain } = readDetail(detail);
  const said = [textOf(message), issue].filter((part) => part !== undefined);
  return defined({
    // Codes are upper-case words; anything else could be data.
    wechatCode: typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : undefined,
    sentence: said.length === 0 ? undefined : new Sentence([...new Set(said)].join('; '), values),
    field: field !== undefined && isFieldName(field, values) ? field : undefined,
    location: location !== undefined && /^[a-z_]{1,20}$/.test(location) ? location : undefined,
    detail: isPlain ? undefined : new Sentence(JSON.stringify(detail), values).text,
  });
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const maxPage = 8_192;

/** A page of a proxy, or JSON that is no object. */
const textIn = (body: string, values: readonly string[]): Evidence => {
  const text = body
    .slice(0, maxPage)
    .replace(/<(script|style)\b[^]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .trim();
  return text === '' ? {} : { sentence: new Sentence(text, values) };
};

interface Detail {
  readonly field?: string | undefined;
  readonly issue?: string | undefined;
  readonly location?: string | undefined;
  /** Whether it has no other members than these three. */
  readonly isPlain: boolean;
}

const maxDepth = 4;

/** The first of each member, at whatever depth: WeChat Pay nests the issue of a wrong signature in `detail.detail`. */
const readDetail = (detail: unknown, depth = 0): Detail => {
  if (detail === undefined || detail === null) return { isPlain: true };
  if (typeof detail === 'string') return { issue: textOf(detail), isPlain: true };
  if (depth >= maxDepth || typeof detail !== 'object') return { isPlain: false };
  const inner = (Array.isArray(detail) ? detail : [(detail as { detail?: unknown }).detail]).map(
    (element: unknown) => readDetail(element, depth + 1),
  );
  const members: Readonly<Record<string, unknown>> = isRecord(detail) ? detail : {};
  const first = (name: 'field' | 'issue' | 'location'): string | undefined =>
    textOf(members[name]) ?? inner.map((one) => one[name]).find((value) => value !== undefined);
  return {
    field: first('field'),
    issue: first('issue'),
    location: first('location'),
    isPlain:
      isRecord(detail) && Object.keys(members).every((name) => ['field', 'issue', 'location'].includes(name)),
  };
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** A JSON Pointer, or the name of a parameter; neither contains a value. */
const isFieldName = (field: string, values: readonly string[]): boolean =>
  /^[\w./[\]-]{1,120}$/.test(field) && redactSentence(field, values) === field;
