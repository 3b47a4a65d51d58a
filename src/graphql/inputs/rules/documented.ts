import type { Characters, FieldRule } from '../../../documents/field-rule';
import { characterChecks, isFreeText } from './characters';
import type { UserErrorCode } from '../user-error-code';
import { isText } from './is-text';
import { isAbsent, type Breach, type Check } from './rule';

/** Which values a field may have besides those of its rule. */
export interface FieldUse {
  /** The server fills in what the caller leaves out. */
  readonly generated: boolean;
  /**
   * An absent member keeps WeChat Pay's value. So null could only mean "clear", which WeChat Pay does not support. Each null in an
   * object or in a list's entries is reported separately.
   */
  readonly keepsWhenAbsent: boolean;
}

const uncleared = {
  code: 'INVALID',
  en: 'cannot be cleared: WeChat Pay takes no null; leave the field out to keep its value',
  zh: '不能清空：微信支付不支持传 null；不修改时请省略该字段',
} as const;

const needed = { code: 'REQUIRED', en: 'is required', zh: '必填' } as const;

/** The bounds of a rule that the value breaks. */
export const documentedBreaches = (
  value: unknown,
  { rule, use, owner }: { readonly rule: FieldRule; readonly use: FieldUse; readonly owner: object },
): readonly Breach[] => {
  if (value === null && use.keepsWhenAbsent) return [uncleared];
  if (isAbsent(value)) return rule.required && !use.generated ? [needed] : [];
  if (rule.kind === 'object' && use.keepsWhenAbsent && hasNull(value)) return [];
  const broken = brokenOf(valueChecks(rule), value, owner);
  if (rule.kind !== 'list' || !Array.isArray(value)) return broken;
  const ofEntries = entryChecks(rule);
  return [
    ...broken,
    ...value.flatMap((entry: unknown, at) =>
      use.keepsWhenAbsent && hasNull(entry)
        ? []
        : brokenOf(ofEntries, entry, owner).map((breach) => ({ ...breach, at: [String(at)] })),
    ),
  ];
};

/** All bounds of a rule in English, for the reference. */
export const describeRule = (rule: FieldRule): readonly string[] => [
  ...new Set([
    ...valueChecks(rule).map(({ en }) => en),
    ...(rule.kind === 'list' ? entryChecks(rule).map(({ en }) => `each ${en}`) : []),
  ]),
];

/** The codes of every bound that the field has or that the configuration can give it. */
export const documentedCodes = (rule: FieldRule): readonly UserErrorCode[] => {
  const bounded = { ...rule, maxLength: 1, min: 0, max: 0, minEntries: 1, maxEntries: 1 };
  const checks = [...valueChecks(bounded), ...(rule.kind === 'list' ? entryChecks(bounded) : [])];
  return [...checks.map(({ code }) => code), ...(rule.required ? [] : [needed.code])];
};

/** What a character set or format accepts, in English. */
export const describeCharacters = (characters: Characters): string =>
  characterChecks[characters].map(({ en }) => en).join('; ');

const brokenOf = (checks: readonly Check[], value: unknown, owner: object): readonly Breach[] =>
  checks.filter(({ holds }) => !holds(value, owner)).map(({ code, en, zh }) => ({ code, en, zh }));

const valueChecks = (rule: FieldRule): readonly Check[] => {
  if (rule.kind === 'list') return countCheck(rule);
  if (rule.kind === 'integer') return rangeCheck(rule);
  if (rule.kind === 'object') return [notHollow];
  return rule.kind === 'text' || rule.kind === 'sealed' ? textChecks(rule) : [];
};

/** Entries of text. Entries that are objects have fields with rules of their own, and must not be empty. */
const entryChecks = (rule: FieldRule): readonly Check[] => {
  if (rule.entries === 'object') return [notHollow];
  return rule.entries === 'text' || rule.entries === 'sealed' ? textChecks({ ...rule, required: true }) : [];
};

const textChecks = ({ required, maxLength, maxBytes, characters }: FieldRule): readonly Check[] => {
  const isFree = characters === undefined || isFreeText(characters);
  const mayBeEmpty = !required && isFree;
  const checks: readonly Check[] = [
    ...(isFree || characters === 'formAnswer' ? [visible] : []),
    ...(maxLength === undefined ? [] : [atMostCharacters(maxLength)]),
    ...(maxBytes === undefined ? [] : [atMostBytes(maxBytes)]),
    ...(characters === undefined ? [] : characterChecks[characters]),
  ].map((check) => ({
    ...check,
    // An empty text is reported once, by `notEmpty`.
    holds: (value, owner) => value === '' || check.holds(value, owner),
  }));
  return mayBeEmpty ? checks : [notEmpty, ...checks];
};

const notEmpty: Check = {
  code: 'INVALID',
  en: 'must not be empty',
  zh: '不能为空',
  holds: (value) => value !== '',
};

/** White space and invisible characters: zero-width characters, direction marks, fillers. */
const invisible = /^[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

const visible: Check = {
  code: 'INVALID',
  en: 'must have a visible character',
  zh: '不能只有空白或不可见字符',
  holds: (value) => isText(value) && !invisible.test(value),
};

const atMostCharacters = (max: number): Check => ({
  code: 'TOO_LONG',
  en: `must have at most ${max} characters`,
  zh: `最长 ${max} 个字符`,
  holds: (value) => isText(value) && (value.length <= max || Array.from(value).length <= max),
});

/** Text that is sent encrypted must fit the key. */
const atMostBytes = (max: number): Check => ({
  code: 'TOO_LONG',
  en: `must have at most ${max} bytes of UTF-8`,
  zh: `最长 ${max} 字节`,
  holds: (value) => isText(value) && Buffer.byteLength(value) <= max,
});

const rangeCheck = ({ min, max }: FieldRule): readonly Check[] => {
  if (min === undefined && max === undefined) return [];
  const range =
    max === undefined
      ? { en: `must be at least ${min ?? 0}`, zh: `不能小于 ${min ?? 0}` }
      : min === undefined
        ? { en: `must be at most ${max}`, zh: `不能大于 ${max}` }
        : { en: `must be from ${min} to ${max}`, zh: `须在 ${min} 到 ${max} 之间` };
  const holds = (value: unknown): boolean =>
    typeof value === 'number' && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
  return [{ code: 'INVALID', ...range, holds }];
};

const countCheck = ({ minEntries = 0, maxEntries }: FieldRule): readonly Check[] => {
  if (minEntries === 0 && maxEntries === undefined) return [];
  const range =
    maxEntries === undefined
      ? { en: `must have at least ${minEntries} entries`, zh: `至少 ${minEntries} 项` }
      : {
          en: `must have ${minEntries} to ${maxEntries} entries`,
          zh: `须有 ${minEntries} 至 ${maxEntries} 项`,
        };
  const count = (value: unknown): number => (Array.isArray(value) ? value.length : NaN);
  return [
    { code: 'INVALID', ...range, holds: (value) => count(value) >= minEntries },
    { code: 'TOO_LONG', ...range, holds: (value) => !(count(value) > (maxEntries ?? Infinity)) },
  ];
};

/** An object without members would be sent as `{}`, which says nothing or erases the present values. */
const notHollow: Check = {
  code: 'REQUIRED',
  en: 'must have at least one of its fields',
  zh: '至少填写其中一个字段',
  holds: (value) =>
    typeof value === 'object' && Object.values(value ?? {}).some((member) => !isAbsent(member)),
};

const hasNull = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).includes(null);
