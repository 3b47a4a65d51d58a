import { isRecord } from '../shared/is-record';

/** All problems of a configuration, each with its path and the remedy. Never holds the value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? problems[0]
        : `The configuration has ${problems.length} problems:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
  }
}

/** One value of the configuration with its path. Problems are collected, so that all are reported together. */
export interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly problems: string[];
}

export const problem = ({ path, problems }: Setting, text: string): undefined => {
  problems.push(path === '' ? text : `${path}: ${text}`);
  return undefined;
};

/** New names of renamed settings. */
const newNames: Readonly<Record<string, string>> = {
  file: 'files',
  mostDecryptions: 'maxDecryptions',
  mostStreams: 'maxStreams',
  mostStreamsPerCaller: 'maxStreamsPerCaller',
};

/**
 * Reads the members of an object. A name that is not in `names` is a problem. It is shown only if it resembles one of them,
 * because any other text may be a misplaced secret.
 */
export const members = <const Name extends string>(
  setting: Setting,
  names: readonly Name[],
): Readonly<Record<Name, Setting>> => {
  const { path, value = {}, problems } = setting;
  const source = isRecord(value) ? value : {};
  if (source !== value) problem(setting, 'must be a mapping of names to values');
  for (const [index, name] of Object.keys(source).entries())
    if (!names.some((known) => known === name)) {
      const near = nearest(name, names);
      const renamed = newNames[name];
      problem(
        setting,
        renamed !== undefined && names.some((known) => known === renamed)
          ? `"${name}" is now called "${renamed}"`
          : near === undefined
            ? `name ${index + 1} is not a setting; it takes ${names.join(', ')}`
            : `does not know "${name}"; did you mean "${near}"?`,
      );
    }
  return Object.fromEntries(
    names.map((name) => {
      const member = { path: path === '' ? name : `${path}.${name}`, value: source[name], problems };
      return [name, member.value === null ? withoutValue(member) : member];
    }),
  ) as Readonly<Record<Name, Setting>>;
};

/** A name without a value is a problem: using the default would hide what the author meant. */
const withoutValue = (setting: Setting): Setting => {
  problem(setting, 'has no value; write one, or remove the name');
  return { ...setting, value: undefined };
};

/** The entries of a list. `atLeast` completes "must list at least …" if an empty list is a problem. */
export const entries = (setting: Setting, atLeast?: string): readonly Setting[] => {
  const { path, value = [], problems } = setting;
  if (!Array.isArray(value)) {
    problem(setting, 'must be a list');
    return [];
  }
  if (value.length === 0 && atLeast !== undefined) problem(setting, `must list at least ${atLeast}`);
  return value.map((entry: unknown, index) => {
    const one = { path: `${path}[${index}]`, value: entry, problems };
    return entry === null ? withoutValue(one) : one;
  });
};

export interface TextRule {
  readonly pattern?: RegExp;
  /** Completes "must be …". */
  readonly as: string;
}

export const text = (setting: Setting, { pattern, as }: TextRule): string | undefined => {
  const { value } = setting;
  if (typeof value === 'string' && value !== '' && pattern?.test(value) !== false) return value;
  return problem(setting, value === undefined ? `is missing; it must be ${as}` : `must be ${as}`);
};

export const whole = (
  setting: Setting,
  { min, max, default: fallback }: { readonly min: number; readonly max: number; readonly default: number },
): number => {
  if (setting.value === undefined) return fallback;
  const value = numeric(setting);
  if (value !== undefined && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  problem(setting, `must be a whole number from ${min} to ${max}`);
  return fallback;
};

/** The number that the value spells. Numbers are read as text, so that an id keeps its zeros. */
export const numeric = ({ value }: Setting): number | undefined =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;

/** Reports every value that repeats an earlier one; `of` names the kind of value. */
export const unique = (settings: readonly Setting[], of: string): void => {
  settings.forEach((setting, index) => {
    const first = settings.findIndex(({ value }) => value === setting.value);
    if (setting.value !== undefined && first < index)
      problem(setting, `is listed twice; list every ${of} once`);
  });
};

export const flag = (setting: Setting, fallback: boolean): boolean => {
  if (setting.value === undefined) return fallback;
  if (typeof setting.value === 'boolean') return setting.value;
  problem(setting, 'must be true or false');
  return fallback;
};

export const choice = <const Value extends string>(
  setting: Setting,
  values: readonly Value[],
): Value | undefined => {
  const found = values.find((value) => value === setting.value);
  return found ?? problem(setting, `must be ${values.join(' or ')}`);
};

const nearest = (name: string, names: readonly string[]): string | undefined =>
  names
    .map((known) => ({ known, far: distance(name.toLowerCase(), known.toLowerCase()) }))
    .filter(({ far, known }) => far <= Math.max(2, known.length / 3))
    .sort((a, b) => a.far - b.far)[0]?.known;

/** Levenshtein distance. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
};
