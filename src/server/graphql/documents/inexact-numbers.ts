import { isRecord } from '../../../shared/is-record';

/** A JSON number that JavaScript reads as a different value or in a different form. */
export interface InexactNumber {
  /** Member names and indexes from the parsed value to the number. */
  readonly path: readonly (string | number)[];
  /** True if it is a whole number all the same, within ±(2^53 − 1), e.g. `1.0`, `1e3` or `-0`. */
  readonly isWhole: boolean;
}

/** At the start of a value: a number with a fraction or an exponent, with 16 digits or more, or -0. */
const suspect = /[:[,]\s*(?:-?(?:\d{16}|\d+[.eE])|-0)/;
const numberToken = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Finds numbers in a JSON text that are not plain whole numbers within ±(2^53 − 1). `JSON.parse` rounds them or loses their
 * form: `6901234567890123457` becomes `6901234567890124000`. The text must be valid JSON. Takes linear time; a text without
 * such a number costs one regular expression.
 */
export const inexactNumbersOf = (json: string): readonly InexactNumber[] =>
  placesOf(json).map(({ place, isWhole }) => ({ path: pathOf(place), isWhole }));

const placesOf = (json: string): readonly FoundNumber[] => (suspect.test(json) ? scan(json) : []);

/** A list or an object that is open while the text is read. */
interface Container {
  readonly isList: boolean;
  readonly place: Place | undefined;
  /** Where the next value is. */
  key: string | number;
}

/**
 * The position of a value. Positions share their prefix: a body of 90 KB can hold 14 000 numbers 16 000 levels deep, and with a
 * path of its own for each of them they would take gigabytes.
 */
interface Place {
  readonly container: Place | undefined;
  readonly root: string | number;
  readonly key: string | number;
  /** 1 for a member of the value that was parsed. */
  readonly depth: number;
}

const placeIn = ({ place, key }: Container): Place => ({
  container: place,
  root: place === undefined ? key : place.root,
  key,
  depth: depthOf(place) + 1,
});

const depthOf = (place: Place | undefined): number => place?.depth ?? 0;

/** The number of levels of the value. */
const pathOf = (place: Place | undefined): (string | number)[] => {
  const path: (string | number)[] = [];
  for (let step = place; step !== undefined; step = step.container) path.push(step.key);
  return path.reverse();
};

interface FoundNumber {
  readonly place: Place | undefined;
  readonly isWhole: boolean;
}

const scan = (json: string): readonly FoundNumber[] => {
  const found: FoundNumber[] = [];
  const open: Container[] = [];
  let isName = false;
  for (let index = 0; index < json.length; index += 1) {
    const inside = open.at(-1);
    switch (json[index]) {
      case '{':
        open.push({ isList: false, place: inside && placeIn(inside), key: '' });
        isName = true;
        break;
      case '[':
        open.push({ isList: true, place: inside && placeIn(inside), key: 0 });
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
        if (!isWhole || !/^(?:0|-?[1-9]\d*)$/.test(token))
          found.push({ place: inside && placeIn(inside), isWhole });
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

/** Decided from the digits, because the parsed value may already be rounded. */
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

/** `above`: how many levels the variables are below the value that was parsed. */
const ofVariables = new WeakMap<object, { readonly found: readonly FoundNumber[]; readonly above: number }>();

/** Parses a JSON body and remembers the inexact numbers in its `variables` for `inexactIn`. Throws as JSON.parse does. */
export const parseRequestBody = (json: string): unknown => {
  const body = JSON.parse(json) as unknown;
  const found = placesOf(json).filter(({ place }) => place?.root === 'variables');
  if (found.length > 0 && isRecord(body) && 'variables' in body && isRecord(body.variables))
    ofVariables.set(body.variables, { found, above: 1 });
  return body;
};

/**
 * Parses a message whose `payload` is a GraphQL request and remembers the inexact numbers in its variables for `inexactIn`.
 * Throws as JSON.parse does.
 */
export const parseRequestMessage = (json: string): unknown => {
  const message = JSON.parse(json) as unknown;
  const payload = isRecord(message) && isRecord(message.payload) ? message.payload : undefined;
  const found = placesOf(json).filter(({ place }) => {
    const [root, name] = pathOf(place);
    return root === 'payload' && name === 'variables';
  });
  if (found.length > 0 && isRecord(payload?.variables))
    ofVariables.set(payload.variables, { found, above: 2 });
  return message;
};

/** Remembers the inexact numbers of variables parsed elsewhere from the query string of a GET request. */
export const rememberSearch = (variables: object, search: string): void => {
  const json = new URLSearchParams(search).get('variables');
  const found = json === null ? [] : placesOf(json);
  if (found.length > 0) ofVariables.set(variables, { found, above: 0 });
};

/**
 * The inexact numbers of variables that `parseRequestBody` or `rememberSearch` has seen, as far as they are at most `maxDepth`
 * levels deep. What is deeper is not among the values of variables within that bound.
 */
export const inexactIn = (variables: object, maxDepth: number): readonly InexactNumber[] => {
  const { found, above } = ofVariables.get(variables) ?? { found: [], above: 0 };
  return found
    .filter(({ place }) => depthOf(place) - above <= maxDepth)
    .map(({ place, isWhole }) => ({ path: pathOf(place).slice(above), isWhole }));
};
