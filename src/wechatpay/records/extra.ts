import { isRecord } from '../../shared/is-record';
import type { Decoder } from './decode';

/** JSON with WeChat Pay's own names. */
export type Extra = Readonly<Record<string, unknown>>;

/**
 * Adds `extra` to a record: what WeChat Pay sent and the record does not show. These are new members, and documented ones whose
 * value cannot be read. Known personal members are never in it. The rest needs no `pii`, so what may be personal and is not
 * encrypted is shown as `***`.
 */
export const withExtra =
  <T extends object>(
    decode: Decoder<T>,
    { personal }: ExtraOptions = {},
  ): Decoder<T & { readonly extra: Extra | undefined }> =>
  (value, path) => ({ ...decode(value, path), extra: extraOf(decode.residue?.(value), personal) });

export interface ExtraOptions {
  /** Members of this record that hold personal data, by WeChat Pay's names. Default: those whose name says so. */
  readonly personal?: readonly string[];
}

/** At most this many characters of JSON. An RSA ciphertext has 344, or 684 with a key of 4096 bits. */
const maxLength = 8_192;
const maxDepth = 8;

const extraOf = (residue: unknown, personal: readonly string[] = []): Extra | undefined => {
  if (!isRecord(residue)) return undefined;
  let left = maxLength;
  return Object.fromEntries(
    Object.entries(residue).flatMap(([name, value]) => {
      const shown = shownOf(value, { personal: personal.includes(name) || isPersonalName(name), depth: 0 });
      const length = name.length + ((JSON.stringify(shown) as string | undefined) ?? '').length;
      const omitted = `[omitted: ${length} characters]`;
      if (left < name.length + omitted.length) return [];
      const fits = length <= left;
      left -= fits ? length : name.length + omitted.length;
      return [[name, fits ? shown : omitted]];
    }),
  );
};

interface Place {
  /** Whether the name of this member, or of one around it, is that of personal data. */
  readonly personal: boolean;
  readonly depth: number;
}

const hidden = '***';

const shownOf = (value: unknown, { personal, depth }: Place): unknown => {
  if (depth > maxDepth) return '[omitted: nested too deeply]';
  if (Array.isArray(value))
    return value.map((element: unknown) => shownOf(element, { personal, depth: depth + 1 }));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        shownOf(member, { personal: personal || isPersonalName(name), depth: depth + 1 }),
      ]),
    );
  if (typeof value === 'string')
    return ciphertext.test(value) || (!personal && !looksPersonal(value)) ? value : hidden;
  if (typeof value !== 'number') return value;
  if (personal || looksPersonal(String(value))) return hidden;
  // JSON.parse has rounded it already.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? `[inexact: ${value}]` : value;
};

/** Base64 of an RSA block: 256 bytes and more. */
const ciphertext = /^[A-Za-z0-9+/]{340,1400}={0,2}$/;

const isPersonalName = (name: string): boolean =>
  /phone|mobile|(^|_)tel($|_)|mail|address|birth|real_?name|user_?name|nick|id_?card|id_?number|certificate_no|passport|avatar|head_?img/i.test(
    name,
  );

/** A mobile number, an e-mail address, or an identity number. */
const looksPersonal = (text: string): boolean =>
  /(?<!\d)1[3-9]\d{9}(?!\d)|[^\s@]+@[^\s@]+\.[^\s@]+|(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)/.test(
    text,
  );
