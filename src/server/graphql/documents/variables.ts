import {
  coerceInputValue,
  getNamedType,
  getVariableValues,
  GraphQLError,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  typeFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { shownName } from '../plain-name';
import { expected, numberForId } from './expected';
import { fault, type Sentence } from './fault';
import { inexactIn } from './inexact-numbers';

export interface CoercionOptions {
  readonly schema: GraphQLSchema;
  /** Maximum number of reported faults; one more then says that there are others. */
  readonly maxErrors: number;
  /** How deep the variables are at most, levels; 1 for a variable that is no list and no object. */
  readonly maxDepth: number;
}

type Values = Readonly<Record<string, unknown>>;
type VariablePath = readonly (string | number)[];

/**
 * Coerces the operation's variables to their types. Throws an AggregateError of GraphQLErrors with `BAD_USER_INPUT`. Each names
 * the variable, the place in its value and the expected type, never the value. Refuses numbers that JSON.parse has changed.
 */
export const coerceVariables = (
  operation: OperationDefinitionNode,
  given: Values,
  { schema, maxErrors, maxDepth }: CoercionOptions,
): Values => {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return {};
  const faults: GraphQLError[] = [];
  const add = (definition: VariableDefinitionNode, sentence: Sentence): void => {
    if (faults.length === maxErrors) {
      faults.push(fault('BAD_USER_INPUT', tooMany));
      throw new AggregateError(faults);
    }
    faults.push(fault('BAD_USER_INPUT', sentence, [definition]));
  };
  for (const {
    path: [name, ...path],
    isWhole,
  } of inexactIn(given, maxDepth)) {
    const definition = definitions.find(({ variable }) => variable.name.value === name);
    const type = definition === undefined ? undefined : typeAt(inputTypeOf(definition, schema), path);
    if (definition === undefined || type === undefined) continue;
    if (typeof valueAt(given, [name ?? '', ...path]) !== 'number') continue;
    const scalar = getNamedType(type).name;
    if (scalar === 'ID') add(definition, sentenceAt(definition, path, numberForId));
    else if (scalar !== 'Float' && !isWhole) add(definition, sentenceAt(definition, path, expected(type)));
  }
  if (faults.length > 0) throw new AggregateError(faults);
  const { coerced } = getVariableValues(schema, definitions, given, { maxErrors: 1 });
  if (coerced !== undefined) return coerced;
  for (const definition of definitions)
    for (const { path, sentence } of faultsOfVariable(definition, given, schema))
      add(definition, sentenceAt(definition, path, sentence));
  throw new AggregateError(faults);
};

const tooMany: Sentence = [
  'Too many errors processing variables, error limit reached.',
  '变量的错误过多，其余不再列出。',
];

interface ValueFault {
  readonly path: VariablePath;
  readonly sentence: Sentence;
}

/** All faults in one variable's value. */
const faultsOfVariable = (
  definition: VariableDefinitionNode,
  given: Values,
  schema: GraphQLSchema,
): readonly ValueFault[] => {
  const name = definition.variable.name.value;
  const type = inputTypeOf(definition, schema);
  if (type === undefined) return [];
  if (!Object.hasOwn(given, name) || given[name] === undefined) {
    const isMissing = isNonNullType(type) && definition.defaultValue === undefined;
    return isMissing ? [{ path: [], sentence: required(type) }] : [];
  }
  const faults = new Map<string, ValueFault>();
  coerceInputValue(
    given[name],
    type,
    (path, value) => {
      const key = JSON.stringify(path);
      const wanted = typeAt(type, path);
      // graphql-js reports every missing and unknown field; here one sentence covers an object.
      if (wanted !== undefined && !faults.has(key))
        faults.set(key, { path, sentence: faultOfValue(value, wanted) });
    },
    true,
  );
  return [...faults.values()];
};

const required = (type: GraphQLInputType): Sentence => [
  `it is required, as ${expected(type)[0]}`,
  `必填，类型为 ${expected(type)[1]}`,
];

const faultOfValue = (value: unknown, type: GraphQLInputType): Sentence => {
  if (value === null || value === undefined) {
    const [en, zh] = expected(type);
    return [`expected ${en}, not null`, `应为 ${zh}，不能为 null`];
  }
  const named = getNamedType(type);
  if (isInputObjectType(named) && typeof value === 'object' && !Array.isArray(value)) {
    const fields = named.getFields();
    const missing = Object.values(fields)
      .filter((field) => isRequiredInputField(field) && Reflect.get(value, field.name) === undefined)
      .map(({ name }) => `"${name}"`);
    const unknown = Object.keys(value)
      .filter((name) => fields[name] === undefined)
      .slice(0, 5)
      .map(shownName);
    const en = [
      ...(missing.length > 0 ? [`fields ${missing.join(', ')} are required`] : []),
      ...(unknown.length > 0 ? [`fields ${unknown.join(', ')} are not defined`] : []),
    ];
    const zh = [
      ...(missing.length > 0 ? [`缺少必填字段 ${missing.join('、')}`] : []),
      ...(unknown.length > 0 ? [`没有字段 ${unknown.join('、')}`] : []),
    ];
    return en.length > 0
      ? [`${en.join(' and ')} in "${named.name}"`, `"${named.name}" ${zh.join('，')}`]
      : [
          `"${named.name}" takes exactly one of ${namesOf(named, ' and ')}, and not null`,
          `"${named.name}" 须且只能填写 ${namesOf(named, '、')} 之一，且不能为 null`,
        ];
  }
  if (named.name === 'ID' && typeof value === 'number') return numberForId;
  if (isEnumType(named))
    return [`Value does not exist in "${named.name}" enum`, `枚举 "${named.name}" 没有该值`];
  const [en, zh] = expected(isListType(type) ? named : type);
  return [`expected ${en}`, `应为 ${zh}`];
};

/** The fields of a `@oneOf` type. */
export const namesOf = (type: GraphQLInputObjectType, separator: string): string =>
  Object.keys(type.getFields())
    .map((name) => `"${name}"`)
    .join(separator);

/** `Variable "$input" got an invalid value at "input.keys[0].openid": …`. The path has only schema names and indexes. */
const sentenceAt = (definition: VariableDefinitionNode, path: VariablePath, [en, zh]: Sentence): Sentence => {
  const name = shownName(definition.variable.name.value).slice(1, -1);
  const place =
    path.length === 0
      ? ''
      : name + path.map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`)).join('');
  return [
    `Variable "$${name}" got an invalid value${place === '' ? '' : ` at "${place}"`}: ${en}.`,
    `变量 "$${name}" 的值无效${place === '' ? '' : `（位于 "${place}"）`}：${zh}。`,
  ];
};

const inputTypeOf = (
  definition: VariableDefinitionNode,
  schema: GraphQLSchema,
): GraphQLInputType | undefined => {
  const type: unknown = typeFromAST(schema, definition.type);
  return isInputType(type) ? type : undefined;
};

/** The type at a place in a value; `undefined` if the schema has no such place. */
const typeAt = (type: GraphQLInputType | undefined, path: VariablePath): GraphQLInputType | undefined => {
  let found = type;
  for (const step of path) {
    if (isNonNullType(found)) found = found.ofType;
    if (typeof step === 'number') found = isListType(found) ? found.ofType : undefined;
    else {
      // A list accepts a single value instead of a list with one entry.
      const named = found === undefined ? undefined : getNamedType(found);
      found = isInputObjectType(named) ? named.getFields()[step]?.type : undefined;
    }
  }
  return found;
};

const valueAt = (root: unknown, path: VariablePath): unknown => {
  let found = root;
  for (const step of path)
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? (Reflect.get(found, step) as unknown)
        : undefined;
  return found;
};
