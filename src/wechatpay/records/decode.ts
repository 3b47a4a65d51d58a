import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';

/** Reads one value of an upstream response. Throws UPSTREAM_MALFORMED if it is missing or of the wrong type. */
export type Decoder<T> = (value: unknown, path: string) => T;
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

/**
 * Builds a decoder of the upstream's snake_case object from a table of camelCase names and decoders. Other fields are
 * ignored, as WeChat Pay's interface rules require.
 */
export const record = <Shape extends Record<string, Decoder<unknown>>>(
  shape: Shape,
): Decoder<{ readonly [Key in keyof Shape]: Decoded<Shape[Key]> }> => {
  const fields = Object.entries(shape).map(([key, decode]) => ({ key, wire: snakeCase(key), decode }));
  return (value, path) => {
    if (!isRecord(value)) throw malformed(path, 'an object');
    const result: Record<string, unknown> = {};
    for (const { key, wire, decode } of fields) result[key] = decode(value[wire], `${path}.${wire}`);
    return result as { readonly [Key in keyof Shape]: Decoded<Shape[Key]> };
  };
};

export const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw malformed(path, 'a string');
  return value;
};

export const integer: Decoder<number> = (value, path) => {
  if (!Number.isSafeInteger(value)) throw malformed(path, 'an integer');
  return value as number;
};

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw malformed(path, 'a boolean');
  return value;
};

export const oneOf =
  <const Value extends string>(values: readonly Value[]): Decoder<Value> =>
  (value, path) => {
    const known = values.find((candidate) => candidate === value);
    if (known === undefined) throw malformed(path, `one of ${values.join(', ')}`);
    return known;
  };

export const list =
  <T>(decode: Decoder<T>): Decoder<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw malformed(path, 'a list');
    return value.map((element: unknown, index) => decode(element, `${path}[${index}]`));
  };

/** A list that leaves out elements of an unknown kind. */
export const knownOf =
  <T>(decode: Decoder<T>): Decoder<readonly T[]> =>
  (value, path) =>
    list(ifKnown(decode))(value, path).filter((element): element is T & {} => element !== undefined);

export const optional =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? undefined : decode(value, path);

/** For display fields: an unknown value is left out instead of failing the whole object. */
export const ifKnown =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, path) => {
    try {
      return optional(decode)(value, path);
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  };

/** An encrypted personal field: RSA ciphertext in base64. An object, so that it is not mistaken for clear text. */
export interface Sealed {
  readonly sealed: string;
}

export const sealed: Decoder<Sealed> = (value, path) => ({ sealed: text(value, path) });

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const malformed = (path: string, expected: string): AppError =>
  new AppError('UPSTREAM_MALFORMED', `${path} of the response is not ${expected}`, { sent: true });
