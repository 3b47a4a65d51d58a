/** Thrown if a control call differs from its documentation. The message lists the known names. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** Checks one value of a control call; throws a ControlError that names it. */
export type Check = (value: unknown, path: string) => void;

const refuse = (path: string, problem: string): never => {
  throw new ControlError(`${path === '' ? 'the body' : path}: ${problem}`);
};
const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

export const oneOf =
  (known: readonly string[]): Check =>
  (value, path) => {
    if (typeof value !== 'string' || !known.includes(value))
      refuse(path, `${shown(value)} is not known; known: ${known.join(', ')}`);
  };

export const someText: Check = (value, path) => {
  if (typeof value !== 'string' || value === '')
    refuse(path, `must be a text that is not empty, not ${shown(value)}`);
};

export const flag: Check = (value, path) => {
  if (typeof value !== 'boolean') refuse(path, `must be true or false, not ${shown(value)}`);
};

export const number =
  ({ min, max, whole = false }: { min: number; max?: number; whole?: boolean }): Check =>
  (value, path) => {
    const fits =
      typeof value === 'number' &&
      value >= min &&
      value <= (max ?? Infinity) &&
      (!whole || Number.isInteger(value));
    if (fits) return;
    const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
    refuse(path, `must be a ${whole ? 'whole ' : ''}number ${range}, not ${shown(value)}`);
  };

export const nullOr =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

export const matching =
  (holds: (text: string) => boolean, wanted: string): Check =>
  (value, path) => {
    if (typeof value !== 'string' || !holds(value)) refuse(path, `must be ${wanted}, not ${shown(value)}`);
  };

export const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) refuse(path, `must be a list, not ${shown(value)}`);
    (value as readonly unknown[]).forEach((element, index) => {
      check(element, `${path}[${index}]`);
    });
  };

/** An object whose names are all known and whose values obey one rule. */
export const mapOf =
  (known: readonly string[], check: Check): Check =>
  (value, path) => {
    for (const [name, member] of membersOf(value, path, known)) check(member, under(path, name));
  };

interface ObjectNeeds {
  readonly needs?: readonly string[];
  /** Members of which at least one is needed, because the call would do nothing without. */
  readonly needsOneOf?: readonly string[];
}

/** An object of exactly these members. */
export const object =
  (members: Readonly<Record<string, Check>>, { needs = [], needsOneOf }: ObjectNeeds = {}): Check =>
  (value, path) => {
    const given = new Map(membersOf(value, path, Object.keys(members)));
    for (const name of needs) if (!given.has(name)) refuse(under(path, name), 'is needed');
    for (const [name, member] of given) members[name]?.(member, under(path, name));
    if (needsOneOf?.every((name) => !given.has(name)) === true)
      refuse(path, `changes nothing; needs one of: ${needsOneOf.join(', ')}`);
  };

const under = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const membersOf = (value: unknown, path: string, known: readonly string[]): readonly [string, unknown][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(path, `must be an object of: ${known.join(', ')}`);
  for (const name of Object.keys(value))
    if (!known.includes(name)) refuse(under(path, name), `is not known; known: ${known.join(', ')}`);
  return Object.entries(value);
};
