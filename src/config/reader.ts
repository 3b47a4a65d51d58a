/** All that is wrong with a configuration, each with its path and what to write instead. Never holds a secret's value. */
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

/** One value of the configuration and where it stands. Problems are collected, so that all are told together. */
export interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly problems: string[];
}

export const problem = ({ path, problems }: Setting, text: string): undefined => {
  problems.push(path === '' ? text : `${path}: ${text}`);
  return undefined;
};

/** The members of an object; a name that is not among `names` is a problem, with the nearest one that is. */
export const members = <const Name extends string>(
  setting: Setting,
  names: readonly Name[],
): Readonly<Record<Name, Setting>> => {
  const { path, value = {}, problems } = setting;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) problem(setting, 'must be a mapping of names to values');
  const source = isObject ? (value as Readonly<Record<string, unknown>>) : {};
  for (const name of Object.keys(source))
    if (!names.some((known) => known === name)) {
      const near = nearest(name, names);
      problem(
        setting,
        `does not know "${name}"; ${near === undefined ? `it takes ${names.join(', ')}` : `did you mean "${near}"?`}`,
      );
    }
  return Object.fromEntries(
    names.map((name) => [
      name,
      { path: path === '' ? name : `${path}.${name}`, value: source[name], problems },
    ]),
  ) as Readonly<Record<Name, Setting>>;
};

export const entries = (setting: Setting): readonly Setting[] => {
  const { path, value = [], problems } = setting;
  if (!Array.isArray(value)) {
    problem(setting, 'must be a list');
    return [];
  }
  return value.map((entry: unknown, index) => ({ path: `${path}[${index}]`, value: entry, problems }));
};

/** The named values of a mapping with free names. */
export const mapping = (setting: Setting): readonly (Setting & { readonly name: string })[] => {
  const { path, value = {}, problems } = setting;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problem(setting, 'must be a mapping of names to values');
    return [];
  }
  return Object.entries(value).map(([name, member]) => ({
    name,
    path: `${path}.${name}`,
    value: member as unknown,
    problems,
  }));
};

export interface TextRule {
  readonly pattern?: RegExp;
  /** Completes "must be …". */
  readonly as: string;
}

export const text = (setting: Setting, { pattern, as }: TextRule): string | undefined => {
  // YAML reads ids such as 1004 as numbers.
  const value = typeof setting.value === 'number' ? String(setting.value) : setting.value;
  if (typeof value === 'string' && value !== '' && pattern?.test(value) !== false) return value;
  return problem(setting, setting.value === undefined ? `is missing; it must be ${as}` : `must be ${as}`);
};

export const whole = (
  setting: Setting,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number => {
  const { value } = setting;
  if (value === undefined) return otherwise;
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  problem(setting, `must be a whole number from ${least} to ${most}`);
  return otherwise;
};

export const flag = (setting: Setting, otherwise: boolean): boolean => {
  if (setting.value === undefined) return otherwise;
  if (typeof setting.value === 'boolean') return setting.value;
  problem(setting, 'must be true or false');
  return otherwise;
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

/** Levenshtein. */
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
