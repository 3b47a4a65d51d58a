import { snakeCase } from '../../wechatpay/records/decode';
import { argumentTexts } from './arguments';
import { chinese } from './chinese';
import { chineseValues } from './chinese-values';
import { enumValues } from './enum-values';
import { ownMembers, wechatMembers } from './members';
import { typeTexts } from './types';

/** The texts of the tables. Remembers which rows were used, so that no row outlives what it describes. */
export interface Rows {
  type(name: string): string | undefined;
  /** Of a field or an input field. */
  member(type: string, name: string): string | undefined;
  /** Of an argument; `field` is `Type.field`. */
  argument(field: string, name: string): string | undefined;
  enumValue(name: string): string | undefined;
  /** The Chinese sentence of a type, of its `member`, or of an argument, `field(argument)`. */
  chinese(type: string, member?: string): string | undefined;
  chineseValue(type: string, value: string): string | undefined;
  /** A sentence for each row that was not used. */
  unused(): readonly string[];
}

const suffixes = ['Connection', 'Edge', 'Input', 'Payload', 'UserError', 'UserErrorCode'] as const;

export const rowsOf = (): Rows => {
  const used = new Set<string>();
  /** The first row of the keys that the table has. */
  const find = <T>(table: Readonly<Record<string, T>>, keys: readonly string[]): T | undefined => {
    const key = keys.find((one) => Object.hasOwn(table, one));
    if (key === undefined) return undefined;
    used.add(`${names.get(table) ?? ''} ${key}`);
    return table[key];
  };
  const memberRow = (keys: readonly string[], name: string): string | undefined => {
    const own = find<string>(ownMembers, keys);
    if (own !== undefined) return own;
    const row = find<Bilingual>(wechatMembers, keys);
    return row && `${inBoth(row)} WeChat Pay's ${snakeCase(name)}.`;
  };

  return {
    type(name) {
      const suffix = suffixOf(name);
      const text = find<string>(typeTexts, [
        name,
        ...(suffix === 'Input' ? [name.slice(0, -suffix.length)] : []),
        ...(suffix === undefined ? [] : [`*${suffix}`]),
      ]);
      return text && filledIn(text, name);
    },
    member(type, name) {
      const suffix = suffixOf(type);
      const exceptions = [
        `${type}.${name}`,
        ...(suffix === undefined ? [] : [`*${suffix}.${name}`, `*${suffix}.*`]),
      ];
      return memberRow(exceptions, name) ?? memberRow([name], name);
    },
    argument: (field, name) =>
      find<string>(argumentTexts, [`${field}(${name})`, name]) ?? memberRow([name], name),
    enumValue: (name) => find<string>(enumValues, [name]),
    chinese(type, member) {
      const suffix = suffixOf(type);
      const types = [type, ...(suffix === undefined ? [] : [`*${suffix}`])];
      const keys =
        member === undefined
          ? types
          : // An argument is `field(argument)`: its rows for all fields are `(argument)`.
            [
              ...types.map((one) => `${one}.${member}`),
              ...(suffix === undefined ? [] : [`*${suffix}.*`]),
              member.replace(/^\w+(?=\()/, ''),
            ];
      const text = find<string>(chinese, keys);
      return text && filledIn(text, type);
    },
    chineseValue: (type, value) => find<string>(chineseValues, [`${type}.${value}`, value]),
    unused: () =>
      [...names].flatMap(([table, file]) =>
        Object.keys(table)
          .filter((key) => !used.has(`${file} ${key}`))
          .map((key) => `The row ${key} of src/graphql/descriptions/${file} describes nothing: remove it.`),
      ),
  };
};

type Bilingual = readonly [en: string, zh: string];

/** The file of each table. */
const names: ReadonlyMap<object, string> = new Map<object, string>([
  [typeTexts, 'types.ts'],
  [wechatMembers, 'members.ts'],
  [ownMembers, 'members.ts (own)'],
  [argumentTexts, 'arguments.ts'],
  [enumValues, 'enum-values.ts'],
  [chinese, 'chinese.ts'],
  [chineseValues, 'chinese-values.ts'],
]);

const suffixOf = (type: string): (typeof suffixes)[number] | undefined =>
  suffixes.find((suffix) => type.endsWith(suffix));

/** The text of a suffix, for one type. */
const filledIn = (text: string, type: string): string => {
  const bare = type.slice(0, type.length - (suffixOf(type)?.length ?? 0));
  return text.replaceAll('{name}', bare).replaceAll('{field}', bare.charAt(0).toLowerCase() + bare.slice(1));
};

const inBoth = ([en, zh]: Bilingual): string => `${en} ${zh}。`;
