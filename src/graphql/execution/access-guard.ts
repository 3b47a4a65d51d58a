import {
  defaultFieldResolver,
  getNamedType,
  isAbstractType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { auditMutation } from './audited-mutation';
import { meets, ruleOf } from '../access/access';
import { isOpenToMembers, memberMutationFault } from '../access/member-access';
import type { Context } from './context';

type Resolve = GraphQLFieldResolver<unknown, Context>;

/**
 * Checks who may use each field before it runs. Staff needs the rule of a root field; a field without a rule is denied. Members
 * need the field, of any type, to be open to them. Mutations are recorded in the audit log.
 */
export const guardFields = (schema: GraphQLSchema): GraphQLSchema => {
  const mutations = schema.getMutationType();
  const roots = [schema.getQueryType(), mutations, schema.getSubscriptionType()].filter(isObjectType);
  for (const type of roots)
    for (const field of Object.values(type.getFields())) {
      const isOpen = type === mutations ? mayMutate : () => isOpenToMembers(type.name, field.name);
      const guarded = guard(isOpen, field, field.resolve ?? defaultFieldResolver);
      // Guards the start of a subscription; `resolve` only sees its events.
      if (field.subscribe !== undefined) field.subscribe = guard(isOpen, field, field.subscribe);
      field.resolve = type === mutations ? auditMutation(guarded) : guarded;
    }
  // Open fields stay as they are, so that the guard costs them nothing.
  for (const type of typesBelow(schema, roots))
    for (const field of Object.values(type.getFields()))
      if (!isOpenToMembers(type.name, field.name))
        field.resolve = forStaff(field, field.resolve ?? defaultFieldResolver);
  return schema;
};

/** Whether a member may use the field with these arguments. Throws FORBIDDEN with the reason. */
type OpenToMember = (context: Context, args: Readonly<Record<string, unknown>>, name: string) => boolean;

const mayMutate: OpenToMember = ({ permissions: { member } }, { input }, name) => {
  const fault = member && memberMutationFault(member, name, isRecord(input) ? Object.keys(input) : []);
  if (fault !== undefined)
    throw new AppError('FORBIDDEN', `a member may not use ${name} so`, { publicMessage: fault });
  return true;
};

const guard = (
  isOpen: OpenToMember,
  { name, extensions }: GraphQLField<unknown, unknown>,
  resolve: Resolve,
): Resolve => {
  const rule = ruleOf(extensions);
  return (source, args, context, info) => {
    const { permissions } = context;
    const mayUse =
      permissions.member === undefined
        ? rule !== undefined && meets(rule, permissions)
        : isOpen(context, args as Readonly<Record<string, unknown>>, name);
    if (!mayUse) throw new AppError('FORBIDDEN', `the caller does not meet the rule of ${name}`);
    return resolve(source, args, context, info);
  };
};

const forStaff =
  ({ name }: GraphQLField<unknown, unknown>, resolve: Resolve): Resolve =>
  (source, args, context, info) => {
    if (context.permissions.member !== undefined)
      throw new AppError('FORBIDDEN', `${name} is not open to members`, { publicMessage: forStaffOnly });
    return resolve(source, args, context, info);
  };

const forStaffOnly = [
  'Not permitted: members cannot read this field.',
  '没有权限：会员不能查询该字段。',
] as const;

/**
 * The object types that queries and subscriptions reach. Any other type is returned by a mutation only, and a member who may use
 * the mutation may read its payload.
 */
const typesBelow = (
  schema: GraphQLSchema,
  roots: readonly GraphQLObjectType[],
): ReadonlySet<GraphQLObjectType> => {
  const reached = new Set<GraphQLObjectType>();
  const reach = ({ type }: Pick<GraphQLField<unknown, unknown>, 'type'>): void => {
    const named = getNamedType(type);
    const objects = isAbstractType(named) ? schema.getPossibleTypes(named) : [named].filter(isObjectType);
    for (const object of objects) {
      if (reached.has(object)) continue;
      reached.add(object);
      Object.values(object.getFields()).forEach(reach);
    }
  };
  for (const root of roots)
    if (root !== schema.getMutationType()) Object.values(root.getFields()).forEach(reach);
  return reached;
};
