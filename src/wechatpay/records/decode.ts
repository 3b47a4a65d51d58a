import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';

/**
 * Reads one value of an upstream response. Throws UPSTREAM_MALFORMED if it is missing or of the wrong type.
 *
 * WeChat Pay adds members and values at any time, so only what identifies an object, or what the documents always send, may
 * throw. Everything else is optional: an unreadable value is `undefined`, and `residue` still has it.
 */
export interface Decoder<T> {
  (value: unknown, path: string): T;
  /** The parts of a value that the decoder does not read; `undefined` if it reads everything. Default: reads everything. */
  readonly residue?: (value: unknown) => unknown;
}
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

/** A value of an enumeration and the text that WeChat Pay sent. `record` makes two fields of it: `state` and `stateRaw`. */
export interface EnumDecoder<Value, Raw> extends Decoder<{ readonly value: Value; readonly raw: Raw }> {
  readonly isEnum: true;
}

type Shape = Readonly<Record<string, Decoder<unknown>>>;

/** What `record` returns: every enumeration has its text beside it, in a field with `Raw` at the end of its name. */
export type Fields<S extends Shape> = {
  readonly [Key in keyof S]: S[Key] extends EnumDecoder<infer Value, unknown> ? Value : Decoded<S[Key]>;
} & {
  readonly [
    Key in keyof S as S[Key] extends EnumDecoder<unknown, unknown> ? `${Key & string}Raw` : never
  ]: S[Key] extends EnumDecoder<unknown, infer Raw> ? Raw : never;
};

/**
 * Builds a decoder of the upstream's snake_case object from a table of camelCase names and decoders. Other members are
 * ignored, as WeChat Pay's interface rules require; they are the residue.
 */
export const record = <S extends Shape>(shape: S): Decoder<Fields<S>> => {
  const fields = Object.entries(shape).map(([key, decode]) => ({ key, wire: snakeCase(key), decode }));
  const decoders = new Map(fields.map(({ wire, decode }) => [wire, decode]));
  const decodeRecord = (value: unknown, path: string): Fields<S> => {
    if (!isRecord(value)) throw malformed(path, 'an object');
    const result: Record<string, unknown> = {};
    for (const { key, wire, decode } of fields) {
      const decoded = decode(value[wire], `${path}.${wire}`);
      if (isEnum(decode)) {
        const { value: known, raw } = decoded as Decoded<typeof decode>;
        result[key] = known;
        result[`${key}Raw`] = raw;
      } else result[key] = decoded;
    }
    return result as Fields<S>;
  };
  const residue = (value: unknown): unknown => {
    if (!isRecord(value)) return undefined;
    const rest = Object.entries(value).flatMap(([wire, member]) => {
      const decode = decoders.get(wire);
      const left = decode === undefined ? member : decode.residue?.(member);
      return left === undefined ? [] : [[wire, left] as const];
    });
    return rest.length === 0 ? undefined : Object.fromEntries(rest);
  };
  return Object.assign(decodeRecord, { residue });
};

export const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw malformed(path, 'a string');
  return value;
};

export const integer: Decoder<number> = (value, path) => {
  if (!Number.isSafeInteger(value)) throw malformed(path, 'an integer');
  return value as number;
};

const maxInt32 = 2 ** 31 - 1;

/** An integer that GraphQL's `Int` can show. */
export const int32: Decoder<number> = (value, path) => {
  const number = integer(value, path);
  if (Math.abs(number) > maxInt32) throw malformed(path, 'an integer of 32 bits');
  return number;
};

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw malformed(path, 'a boolean');
  return value;
};

/** A list. An element that cannot be read is left out, and is in the residue. */
export const list = <T>(decode: Decoder<T>): Decoder<readonly T[]> =>
  Object.assign(
    (value: unknown, path: string): readonly T[] => {
      if (!Array.isArray(value)) throw malformed(path, 'a list');
      return value.flatMap((element: unknown, index) => {
        const attempt = tryDecode(decode, element, `${path}[${index}]`);
        return 'decoded' in attempt ? [attempt.decoded] : [];
      });
    },
    {
      residue(value: unknown): unknown {
        if (!Array.isArray(value)) return undefined;
        // Null for an element that was read completely, so that the others keep their places.
        const rest = value.map((element: unknown) => residueOf(decode, element) ?? null);
        return rest.every((one) => one === null) ? undefined : rest;
      },
    },
  );

/** Absent, null or unreadable: `undefined`. What is unreadable is in the residue. */
export const optional = <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  Object.assign(
    (value: unknown, path: string): T | undefined => {
      if (isAbsent(value)) return undefined;
      const attempt = tryDecode(decode, value, path);
      return 'decoded' in attempt ? attempt.decoded : undefined;
    },
    {
      // An empty text means the same as an absent one.
      residue: (value: unknown): unknown =>
        isAbsent(value) || value === '' ? undefined : residueOf(decode, value),
    },
  );

/** For values that must not count as absent if they are unreadable, e.g. a list of objects. */
export const nullable =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    isAbsent(value) ? undefined : decode(value, path);

/** An encrypted personal field: RSA ciphertext in base64. An object, so that it is not mistaken for clear text. */
export interface Sealed {
  readonly sealed: string;
}

/** Absent, null, "" or not a text: `undefined`. It has no residue, because an unreadable value may be clear text. */
export const sealed: Decoder<Sealed | undefined> = (value) =>
  typeof value === 'string' && value !== '' ? { sealed: value } : undefined;

/** The same for a list of personal values; empty ones are left out. */
export const sealedList: Decoder<readonly Sealed[] | undefined> = (value, path) =>
  Array.isArray(value) ? value.flatMap((element: unknown) => sealed(element, path) ?? []) : undefined;

/** A documented member that is neither read nor in the residue: another member shows it, or it is personal data in clear. */
export const unread: Decoder<undefined> = () => undefined;

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const malformed = (path: string, expected: string): AppError =>
  new AppError('UPSTREAM_MALFORMED', `${path} of the response is not ${expected}`, { sent: true });

const isEnum = (decode: Decoder<unknown>): decode is EnumDecoder<unknown, unknown> => 'isEnum' in decode;

const tryDecode = <T>(
  decode: Decoder<T>,
  value: unknown,
  path: string,
): { readonly decoded: T } | { readonly failure: AppError } => {
  try {
    return { decoded: decode(value, path) };
  } catch (error) {
    if (error instanceof AppError) return { failure: error };
    throw error;
  }
};

/** The whole value if it cannot be read. */
const residueOf = (decode: Decoder<unknown>, value: unknown): unknown =>
  'decoded' in tryDecode(decode, value, '') ? decode.residue?.(value) : value;
