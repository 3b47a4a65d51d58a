/**
 * PEM as people have it: with line breaks, on one line, with the two characters \n in place of line breaks (environment
 * variables, JSON), quoted, or as base64 of the whole (Kubernetes, CI). Only the armour is read here; `secrets.ts` and
 * `certificates.ts` read what is inside.
 */

/** One armoured block in its standard form. */
export interface PemBlock {
  /** e.g. `PRIVATE KEY` or `CERTIFICATE`. */
  readonly label: string;
  readonly text: string;
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;
/** The base64 of "-----BEGIN" followed by anything. */
const encodedBegin = /^LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]*$/;
const lineLength = 64;

/** Whether the text is a PEM in one of its forms, rather than the path of one. */
export const isPem = (value: unknown): value is string =>
  typeof value === 'string' && decoded(value).includes('-----BEGIN ');

/** The blocks in the text, in its order. What stands around them, such as bag attributes, is left out. */
export const pemBlocks = (text: string): readonly PemBlock[] =>
  [...decoded(text).matchAll(block)].map(([, label = '', body = '']) => ({
    label,
    text: `-----BEGIN ${label}-----\n${linesOf(body)}\n-----END ${label}-----\n`,
  }));

const decoded = (text: string): string => {
  const bare = text.replace(/^\uFEFF/, '').trim();
  const unquoted = /^(["'])([\s\S]*)\1$/.exec(bare)?.[2]?.trim() ?? bare;
  const pem = encodedBegin.test(unquoted) ? Buffer.from(unquoted, 'base64').toString('utf8') : unquoted;
  return pem.replace(/\\r|\\n/g, '\n');
};

/** A body with headers, such as `Proc-Type`, needs its lines. */
const linesOf = (body: string): string =>
  body.includes(':')
    ? body.trim()
    : (body.replace(/\s/g, '').match(new RegExp(`.{1,${String(lineLength)}}`, 'g')) ?? []).join('\n');
