import { isRecord } from '../../../shared/is-record';

/** A JSON number that JavaScript reads as something else than what was written. */
export interface InexactNumber {
  /** Member names and indexes, from the value that was parsed. */
  readonly path: readonly (string | number)[];
  /** True if it is a whole number all the same, within ±(2^53 − 1), e.g. `1.0` or `1e3`. */
  readonly isWhole: boolean;
}

/** At the start of a value: a number with a fraction or an exponent, or with 16 digits or more. */
const suspect = /[:[,]\s*-?(?:\d{16}|\d+[.eE])/;
const numberToken = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The numbers in a JSON text that are not plain whole numbers within ±(2^53 − 1). `JSON.parse` rounds them or forgets how
 * they were written: `6901234567890123457` becomes `6901234567890124000`. The text must be valid JSON. Linear; a text
 * without such a number costs one regular expression.
 */
export const inexactNumbersOf = (json: string): readonly InexactNumber[] =>
  suspect.test(json) ? scan(json) : [];

interface Container {
  readonly isList: boolean;
  /** Where the next value stands. */
  key: string | number;
}

const scan = (json: string): readonly InexactNumber[] => {
  const found: InexactNumber[] = [];
  const open: Container[] = [];
  let isName = false;
  for (let index = 0; index < json.length; index += 1) {
    const inside = open.at(-1);
    switch (json[index]) {
      case '{':
        open.push({ isList: false, key: '' });
        isName = true;
        break;
      case '[':
        open.push({ isList: true, key: 0 });
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ':':
        isName = false;
        break;
      case ',':
        isName = inside?.isList === false;
        if (typeof inside?.key === 'number') inside.key += 1;
        break;
      case '"': {
        const end = endOfString(json, index);
        if (isName && inside !== undefined) inside.key = JSON.parse(json.slice(index, end + 1)) as string;
        index = end;
        break;
      }
      default: {
        numberToken.lastIndex = index;
        const [token] = numberToken.exec(json) ?? [];
        if (token === undefined) break;
        index += token.length - 1;
        const isWhole = isSafeWhole(token);
        if (!isWhole || !/^-?\d+$/.test(token)) found.push({ path: open.map(({ key }) => key), isWhole });
      }
    }
  }
  return found;
};

/** Index of the closing quotation mark. */
const endOfString = (json: string, start: number): number => {
  let index = start + 1;
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1;
  return index;
};

const maxSafeDigits = String(Number.MAX_SAFE_INTEGER).length;

/** Decided by the digits, since the value of the token may already be rounded. */
const isSafeWhole = (token: string): boolean => {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return true;
  let length = digits.length;
  while (digits[length - 1] === '0') length -= 1;
  const zeros = Number(exponent) - fraction.length + (digits.length - length);
  return (
    zeros >= 0 &&
    length + zeros <= maxSafeDigits &&
    Number.isSafeInteger(Number(digits.slice(0, length) + '0'.repeat(zeros)))
  );
};

const ofVariables = new WeakMap<object, readonly InexactNumber[]>();

/** JSON → value. Remembers the inexact numbers of its member `variables` for `inexactIn`. Throws as JSON.parse does. */
export const parseRequestBody = (json: string): unknown => {
  const body = JSON.parse(json) as unknown;
  const numbers = inexactNumbersOf(json).filter(({ path: [first] }) => first === 'variables');
  if (numbers.length > 0 && isRecord(body) && 'variables' in body && isRecord(body.variables))
    ofVariables.set(
      body.variables,
      numbers.map(({ path: [, ...path], isWhole }) => ({ path, isWhole })),
    );
  return body;
};

/** Remembers the inexact numbers of variables that others parse from the query string of a GET request. */
export const rememberSearch = (variables: object, search: string): void => {
  const json = new URLSearchParams(search).get('variables');
  const numbers = json === null ? [] : inexactNumbersOf(json);
  if (numbers.length > 0) ofVariables.set(variables, numbers);
};

/** The inexact numbers of variables that `parseRequestBody` or `rememberSearch` has seen. */
export const inexactIn = (variables: object): readonly InexactNumber[] => ofVariables.get(variables) ?? [];
