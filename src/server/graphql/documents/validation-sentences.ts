import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  print,
  type ASTNode,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type NameNode,
  type ObjectValueNode,
} from 'graphql';
import { shownName } from '../plain-name';
import { expected, numberForId } from './expected';
import type { Sentence } from './fault';
import { nullableInOneOf } from './one-of-variables';
import { suggestionsIn } from './suggestions';
import { namesOf } from './variables';

/** A finding of a validation rule, with the types at that place. */
export interface ValidationFinding {
  /** Name of graphql-js' rule. */
  readonly rule: string;
  readonly nodes: readonly ASTNode[];
  readonly schema: GraphQLSchema;
  readonly parentType: GraphQLNamedType | undefined;
  readonly field: GraphQLField<unknown, unknown> | undefined;
  readonly argument: GraphQLArgument | undefined;
  readonly directive: GraphQLDirective | undefined;
  readonly inputType: GraphQLInputType | undefined;
  /** graphql-js' own message. Only schema names are read from it; it is never passed on. */
  readonly message: string;
}

/** The sentence for a finding. Holds schema names, plain names of the document (`isPlainName`) and no values. */
export const sentenceOf = (finding: ValidationFinding): Sentence => {
  const [en, zh] = (sentences[finding.rule] ?? unknownRule)(finding);
  const suggested = suggestionsIn(finding.message, finding.schema);
  return suggested.length === 0
    ? [en, zh]
    : [`${en} Did you mean ${suggested.join(' or ')}?`, `${zh}是否指 ${suggested.join(' 或 ')}？`];
};

const unknownRule = (): Sentence => ['The document does not fit the schema.', '文档与 schema 不符。'];

/** The name of a node. */
const nameIn = (node: ASTNode | undefined): string => {
  if (node === undefined) return shownName('');
  if (node.kind === Kind.NAME) return shownName(node.value);
  if (node.kind === Kind.FIELD) return shownName((node.alias ?? node.name).value);
  if (node.kind === Kind.VARIABLE_DEFINITION) return shownName(node.variable.name.value);
  // The parser leaves the name of an anonymous operation undefined.
  const name = 'name' in node ? (node.name as NameNode | undefined) : undefined;
  return shownName(name?.value ?? '');
};
const first = ({ nodes: [node] }: ValidationFinding): string => nameIn(node);
const last = ({ nodes }: ValidationFinding): string => nameIn(nodes.at(-1));
const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
const typeName = (type: GraphQLNamedType | undefined): string => shownName(type?.name ?? '');

const sentences: Readonly<Record<string, (finding: ValidationFinding) => Sentence>> = {
  ExecutableDefinitionsRule: () => [
    'A document may hold operations and fragments only.',
    '文档只能包含操作和片段。',
  ],
  UniqueOperationNamesRule: (found) => [
    `There can be only one operation named ${first(found)}.`,
    `操作名 ${first(found)} 重复。`,
  ],
  LoneAnonymousOperationRule: () => [
    'An operation without a name must be the only one of its document.',
    '未命名的操作必须是文档中唯一的操作。',
  ],
  SingleFieldSubscriptionsRule: () => [
    'A subscription must select one root field, without @skip or @include and not of the introspection.',
    '订阅只能选择一个根字段，不能使用 @skip 或 @include，也不能是内省字段。',
  ],
  KnownTypeNamesRule: (found) => [`Unknown type ${first(found)}.`, `未知类型 ${first(found)}。`],
  FragmentsOnCompositeTypesRule: (found) => [
    `A fragment cannot be on type ${first(found)}, which has no fields.`,
    `片段不能定义在没有字段的类型 ${first(found)} 上。`,
  ],
  VariablesAreInputTypesRule: () => [
    'A variable must have a scalar, enum or input type.',
    '变量的类型只能是标量、枚举或输入类型。',
  ],
  ScalarLeafsRule: ({ field, nodes: [node] }) => {
    const name = shownName(field?.name ?? '');
    return node?.kind === Kind.FIELD
      ? [`Field ${name} must have a selection of subfields.`, `字段 ${name} 必须选择子字段。`]
      : [`Field ${name} has no subfields to select.`, `字段 ${name} 没有可选择的子字段。`];
  },
  FieldsOnCorrectTypeRule: ({ nodes: [node], parentType }) => {
    const name = node?.kind === Kind.FIELD ? nameIn(node.name) : nameIn(node);
    return [
      `Cannot query field ${name} on type ${typeName(parentType)}.`,
      `类型 ${typeName(parentType)} 没有字段 ${name}。`,
    ];
  },
  UniqueFragmentNamesRule: (found) => [
    `There can be only one fragment named ${first(found)}.`,
    `片段名 ${first(found)} 重复。`,
  ],
  KnownFragmentNamesRule: (found) => [`Unknown fragment ${first(found)}.`, `未知片段 ${first(found)}。`],
  NoUnusedFragmentsRule: (found) => [
    `Fragment ${first(found)} is never used.`,
    `片段 ${first(found)} 未被使用。`,
  ],
  PossibleFragmentSpreadsRule: ({ parentType }) => [
    `This fragment can never apply to type ${typeName(parentType)}.`,
    `该片段不可能适用于类型 ${typeName(parentType)}。`,
  ],
  NoFragmentCyclesRule: (found) => [
    `Cannot spread fragment ${last(found)} within itself.`,
    `片段 ${last(found)} 不能直接或间接包含自身。`,
  ],
  UniqueVariableNamesRule: (found) => [
    `There can be only one variable named ${first(found)}.`,
    `变量名 ${first(found)} 重复。`,
  ],
  NoUndefinedVariablesRule: (found) => [
    `Variable ${first(found)} is not defined.`,
    `变量 ${first(found)} 未定义。`,
  ],
  NoUnusedVariablesRule: (found) => [
    `Variable ${first(found)} is never used.`,
    `变量 ${first(found)} 未被使用。`,
  ],
  KnownDirectivesRule: (found) => [
    `Directive ${first(found)} is unknown or may not be used here.`,
    `指令 ${first(found)} 不存在，或不能用于此处。`,
  ],
  UniqueDirectivesPerLocationRule: (found) => [
    `Directive ${first(found)} may be used only once here.`,
    `指令 ${first(found)} 在此处只能使用一次。`,
  ],
  KnownArgumentNamesRule: (found) => [
    `Unknown argument ${first(found)} on ${owner(found)[0]}.`,
    `${owner(found)[1]} 没有参数 ${first(found)}。`,
  ],
  UniqueArgumentNamesRule: (found) => [
    `There can be only one argument named ${first(found)}.`,
    `参数 ${first(found)} 重复。`,
  ],
  ValuesOfCorrectTypeRule: (found) => valueSentence(found),
  ProvidedRequiredArgumentsRule: (found) => {
    const {
      nodes: [node],
      field,
      directive,
    } = found;
    const given = node !== undefined && 'arguments' in node ? (node.arguments ?? []) : [];
    const args = node?.kind === Kind.DIRECTIVE ? directive?.args : field?.args;
    const missing = (args ?? []).filter(
      (arg) => isRequiredArgument(arg) && !given.some(({ name }) => name.value === arg.name),
    );
    const names = list(missing.map(({ name }) => name));
    return [`${names} must be given to ${owner(found)[0]}.`, `${owner(found)[1]} 缺少必填参数 ${names}。`];
  },
  VariablesInAllowedPositionRule: (found) => {
    const {
      nodes: [definition],
      schema,
      message,
    } = found;
    const type =
      definition?.kind === Kind.VARIABLE_DEFINITION ? schemaType(print(definition.type), schema) : undefined;
    if (/ OneOf Input Object /.test(message)) return nullableInOneOf(first(found), message);
    const wanted = schemaType(/expecting type "([\w![\]]+)"\.$/.exec(message)?.[1] ?? '', schema);
    return [
      `Variable ${first(found)} of type ${type ?? '"…"'} is used where ${wanted ?? 'another type'} is expected.`,
      `变量 ${first(found)} 的类型为 ${type ?? '"…"'}，而此处要求 ${wanted ?? '其他类型'}。`,
    ];
  },
  VariablesInOneOfRule: (found) => nullableInOneOf(first(found), found.message),
  OverlappingFieldsCanBeMergedRule: (found) => [
    `Fields ${first(found)} conflict: they have different fields, types or arguments. Use different aliases.`,
    `字段 ${first(found)} 冲突：字段、类型或参数不同，请使用不同的别名。`,
  ],
  UniqueInputFieldNamesRule: (found) => [
    `There can be only one input field named ${first(found)}.`,
    `输入字段 ${first(found)} 重复。`,
  ],
  MaxIntrospectionDepthRule: () => ['Maximum introspection depth exceeded.', '内省查询嵌套过深。'],
};

/** The owner of an argument: a directive or a field. */
const owner = ({ nodes: [node], field, directive }: ValidationFinding): Sentence => {
  if (node?.kind === Kind.DIRECTIVE || (directive !== undefined && field === undefined)) {
    const name = directive === undefined ? nameIn(node) : shownName(directive.name);
    return [`directive ${name}`, `指令 ${name}`];
  }
  const name = field === undefined ? '"…"' : `"${field.name}"`;
  return [`field ${name}`, `字段 ${name}`];
};

const valueSentence = (found: ValidationFinding): Sentence => {
  const {
    nodes: [node],
    inputType,
    argument,
  } = found;
  const type = inputType === undefined ? undefined : getNamedType(inputType);
  const place: Sentence =
    argument === undefined ? ['', ''] : [`Argument "${argument.name}": `, `参数 "${argument.name}"：`];
  const say = (en: string, zh: string): Sentence => [`${place[0]}${en}`, `${place[1]}${zh}`];
  if (node?.kind === Kind.OBJECT_FIELD)
    return say(`Field ${last(found)} is not defined by the input type.`, `输入类型没有字段 ${last(found)}。`);
  if (inputType === undefined || type === undefined)
    return say('The value does not fit its type.', '值与其类型不符。');
  if (node?.kind === Kind.OBJECT && isInputObjectType(type)) return objectSentence(node, type, say);
  if (type.name === 'ID' && (node?.kind === Kind.FLOAT || node?.kind === Kind.INT))
    return say(`${numberForId[0]}.`, `${numberForId[1]}。`);
  if (isEnumType(type))
    return say(`Value does not exist in "${type.name}" enum.`, `枚举 "${type.name}" 没有该值。`);
  const [en, zh] = expected(inputType);
  return say(`Expected a value of type ${en}.`, `值的类型应为 ${zh}。`);
};

const objectSentence = (
  { fields }: ObjectValueNode,
  type: GraphQLInputObjectType,
  say: (en: string, zh: string) => Sentence,
): Sentence => {
  const missing = Object.values(type.getFields()).filter(
    (field) => isRequiredInputField(field) && !fields.some(({ name }) => name.value === field.name),
  );
  const names = list(missing.map(({ name }) => name));
  return missing.length > 0
    ? say(`"${type.name}" needs ${names}.`, `"${type.name}" 缺少必填字段 ${names}。`)
    : say(
        `"${type.name}" takes exactly one of ${namesOf(type, ' and ')}, and not null.`,
        `"${type.name}" 须且只能填写 ${namesOf(type, '、')} 之一，且不能为 null。`,
      );
};

/** A type such as `[UserCardKey!]!` in quotation marks, if the schema has it. */
const schemaType = (text: string, schema: GraphQLSchema): string | undefined =>
  schema.getType(text.replace(/[![\]]/g, '')) === undefined ? undefined : `"${text}"`;
