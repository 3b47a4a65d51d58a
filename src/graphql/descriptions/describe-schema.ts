import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { InterfaceRules } from '../../documents/field-rule';
import { interfaceRules } from '../../documents/interface-rules';
import { sources } from '../../documents/sources';
import { argumentRules } from '../inputs/arguments';
import { interfaceOfInput } from '../inputs/input-fields';
import { classOf, rulesOfInputs } from './input-rules';
import { rowsOf } from './rows';
import { schemaDescription } from './types';

export interface Description {
  readonly schema: GraphQLSchema;
  /** Elements without a description and rows without an element, each with what to do. Empty if all is well. */
  readonly problems: readonly string[];
}

/**
 * Describes every element that its code does not: types, fields, arguments, input fields and enum values, from the tables of this
 * folder. Arguments and input fields get their rules too, from the checks themselves. Changes the schema in place.
 */
export const describeSchema = (schema: GraphQLSchema): Description => {
  const rows = rowsOf();
  const rules = rulesOfInputs(schema);
  const undescribed: string[] = [];
  const withoutChinese: string[] = [];
  const describe = (
    element: Element,
    name: string,
    {
      row,
      chinese,
      more = '',
    }: { row: () => string | undefined; chinese: () => string | undefined; more?: string },
  ): void => {
    const { description } = element;
    const text =
      description === undefined || description === null || description === '' ? row() : description;
    if (text === undefined)
      undescribed.push(`${name} has no description: add it to src/graphql/descriptions.`);
    else {
      const inChinese = hasChinese(text) ? '' : chinese();
      if (inChinese === undefined)
        withoutChinese.push(`${name} has no Chinese: add it to src/graphql/descriptions/chinese*.ts.`);
      element.description = joined(text, inChinese ?? '', more);
    }
  };

  schema.description ??= schemaDescription;
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    describe(type, type.name, {
      row: () => rows.type(type.name),
      // A document has its Chinese title. Scalars belong to all schemas of the process: they stay as they are.
      chinese: () => (documentOf(type) !== '' || isScalarType(type) ? '' : rows.chinese(type.name)),
      more: documentOf(type),
    });
    if (isEnumType(type))
      for (const value of type.getValues())
        describe(value, `${type.name}.${value.name}`, {
          row: () => rows.enumValue(value.name),
          chinese: () => rows.chineseValue(type.name, value.name),
        });
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) {
        const own = rules.get(type.name)?.get(field.name) ?? [];
        describe(field, `${type.name}.${field.name}`, {
          row: () => rows.member(type.name, field.name),
          chinese: () => rows.chinese(type.name, field.name),
          more: ruleSentence(own.length > 0 ? own : argumentRule(field)),
        });
      }
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        const name = `${type.name}.${field.name}`;
        describe(field, name, {
          row: () => rows.member(type.name, field.name),
          chinese: () => rows.chinese(type.name, field.name),
        });
        for (const argument of field.args)
          describe(argument, `${name}(${argument.name})`, {
            row: () => rows.argument(name, argument.name),
            chinese: () => rows.chinese(type.name, `${field.name}(${argument.name})`),
            more: ruleSentence(argumentRule(argument)),
          });
      }
  }
  return { schema, problems: [...undescribed, ...withoutChinese, ...rows.unused()] };
};

const hasChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

interface Element {
  description?: string | null | undefined;
}

/** WeChat Pay's document that the input of a mutation stands in. */
const documentOf = (type: GraphQLNamedType): string => {
  const target = isInputObjectType(type) ? classOf(type) : undefined;
  const name = target && interfaceOfInput(target);
  if (name === undefined) return '';
  const { source }: InterfaceRules = interfaceRules[name];
  const { title, document, date } = sources[source];
  return `WeChat Pay's document: ${title} (${document}, ${date}).`;
};

const ruleNames: Readonly<Record<string, readonly [en: string, zh: string]>> = argumentRules;

/** The rule of an argument, or of a member of a key. */
const argumentRule = ({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>): readonly string[] => {
  const rule = ruleNames[isListType(getNullableType(type)) ? 'list' : name];
  return rule === undefined ? [] : [rule[0]];
};

const ruleSentence = (rules: readonly string[]): string =>
  rules.length === 0 ? '' : `${rules.length === 1 ? 'Rule' : 'Rules'}: ${rules.join('; ')}.`;

const joined = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join(' ');
