import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLAbstractType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { naturalKeys } from '../../src/graphql/relay/natural-keys';
import type { Random } from './random';

export interface RandomRequest {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

export interface DocumentOptions {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  /** Good values of an argument or input field, by its name. */
  readonly values: Readonly<Record<string, readonly unknown[]>>;
  /** Arbitrary values, which mostly break rules of the schema. */
  readonly wild?: readonly unknown[];
  readonly maxDepth?: number;
}

/**
 * A random operation of the schema: variables and literals, aliases, fragments, directives. Valid unless `wild` is given;
 * then also with values of wrong types, left-out arguments and fields that are not there.
 */
export const randomRequest = ({
  schema,
  random,
  values,
  wild,
  maxDepth = 6,
}: DocumentOptions): RandomRequest => {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: string[] = [];
  const isWild = (probability: number): boolean => wild !== undefined && random.chance(probability);

  const valueOf = (type: GraphQLInputType, name: string): unknown => {
    if (wild !== undefined && isWild(0.03)) return random.pick(wild);
    if (isNonNullType(type)) return valueOf(type.ofType, name) ?? 'x';
    if (random.chance(0.05)) return null;
    if (isListType(type)) {
      const length = isWild(0.02) ? random.below(250) : random.below(4);
      return Array.from({ length }, () => valueOf(type.ofType, name));
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const all = Object.values(type.getFields());
      const fields =
        type.isOneOf && !isWild(0.03)
          ? [random.pick(all)]
          : all.filter((field) => (isNonNullType(field.type) && !isWild(0.03)) || random.chance(0.4));
      const entries = fields.map((field) => [field.name, valueOf(field.type, field.name)] as const);
      return Object.fromEntries(isWild(0.03) ? [...entries, ['unheardOf', 1]] : entries);
    }
    const known = values[name];
    if (known !== undefined) return random.pick(known);
    const scalar = getNamedType(type).name;
    if (scalar === '_Any') return representation();
    if (scalar === 'Int') return random.below(200) - 20;
    if (scalar === 'Boolean') return random.chance(0.5);
    return random.pick(['会员', 'a', '2027-01-01T00:00:00+08:00', '#102030', 'https://example.com/a.png']);
  };

  /** An object as a gateway names it, by id or by keys. */
  const representation = (): unknown => {
    const [kind, keys] = random.pick(Object.entries<readonly string[]>(naturalKeys));
    const names = random.chance(0.5) ? ['id'] : keys;
    return Object.fromEntries([
      ['__typename', kind],
      ...names.map((name) => [name, random.pick(values[name] ?? ['10001'])]),
    ]);
  };

  const argument = ({ name, type }: GraphQLArgument): string => {
    const value = valueOf(type, name);
    if (isInputObjectType(getNamedType(type)) || isEnumType(getNamedType(type)) || random.chance(0.5)) {
      const variable = `v${declared.length}`;
      declared.push(`$${variable}: ${String(type)}`);
      if (!isWild(0.02)) variables[variable] = value;
      return `${name}: $${variable}`;
    }
    return `${name}: ${literal(value)}`;
  };

  const directive = (): string =>
    random.chance(0.04) ? ` @${random.pick(['include', 'skip'])}(if: ${String(random.chance(0.5))})` : '';

  let aliases = 0;
  const fieldOf = (field: GraphQLField<unknown, unknown>, depth: number): string => {
    // Two uses of a field with different arguments or parents must not share a response key.
    const alias = field.args.length > 0 || random.chance(0.03) ? `k${(aliases += 1)}: ` : '';
    const given = field.args.filter(({ type }) => (isNonNullType(type) ? !isWild(0.02) : random.chance(0.5)));
    const args = given.length === 0 ? '' : `(${given.map(argument).join(', ')})`;
    const type = getNamedType(field.type);
    const below = !isCompositeType(type)
      ? ''
      : isUnionType(type)
        ? ` { __typename ${onOneOf(type, depth + 1)} }`
        : ` ${selection(type.name, depth + 1)}`;
    return `${alias}${isWild(0.01) ? 'unheardOf' : field.name}${args}${directive()}${below}`;
  };

  const onOneOf = (type: GraphQLAbstractType, depth: number): string => {
    const possible: GraphQLObjectType = random.pick(schema.getPossibleTypes(type));
    return `... on ${possible.name}${directive()} ${selection(possible.name, depth)}`;
  };

  const selection = (typeName: string, depth: number): string => {
    const type = schema.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${typeName} has no fields`);
    const all = Object.values(type.getFields());
    const allowed =
      depth >= maxDepth ? all.filter(({ type: of }) => !isCompositeType(getNamedType(of))) : all;
    const count = depth === 0 ? 1 + random.below(3) : 1 + random.below(4);
    const parts: string[] = [];
    if (allowed.length === 0) parts.push('__typename');
    else for (let index = 0; index < count; index += 1) parts.push(fieldOf(random.pick(allowed), depth));
    if (isInterfaceType(type) && depth < maxDepth) parts.push(onOneOf(type, depth));
    const body = `{ ${[...new Set(parts)].join(' ')} }`;
    if (depth === 0 || !random.chance(0.08)) return body;
    const name = `f${fragments.length}`;
    fragments.push('');
    fragments[Number(name.slice(1))] = `fragment ${name} on ${type.name} ${body}`;
    return `{ ...${name} }`;
  };

  const root = random.chance(0.8) ? schema.getQueryType() : schema.getMutationType();
  if (root == null) throw new Error('the schema has no such root');
  const body = selection(root.name, 0);
  const head = declared.length === 0 ? '' : `(${declared.join(', ')})`;
  const kind = root === schema.getQueryType() ? 'query' : 'mutation';
  return { query: [`${kind} q${head} ${body}`, ...fragments].join('\n'), variables };
};

/** JSON as GraphQL writes it; enums travel as variables. */
const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${literal(member)}`)
    .join(', ')} }`;
};
