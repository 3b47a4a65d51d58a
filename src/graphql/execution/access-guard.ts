import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { AppError } from '../../shared/errors';
import { auditMutation } from './audited-mutation';
import { meets, ruleOf } from '../access/access';
import type { Context } from './context';

type Resolve = GraphQLFieldResolver<unknown, Context>;

/**
 * Checks the rule of every root field before it runs; a field without a rule is denied. Mutations are recorded in the audit
 * log.
 */
export const guardRootFields = (schema: GraphQLSchema): GraphQLSchema => {
  const mutations = schema.getMutationType();
  for (const type of [schema.getQueryType(), mutations, schema.getSubscriptionType()])
    for (const field of Object.values(type?.getFields() ?? {})) {
      const rule = ruleOf(field.extensions);
      const guarded = guard(rule, field.resolve ?? defaultFieldResolver);
      // Guards the start of a subscription; `resolve` only sees its events.
      if (field.subscribe !== undefined) field.subscribe = guard(rule, field.subscribe);
      field.resolve = type === mutations ? auditMutation(guarded) : guarded;
    }
  return schema;
};

const guard =
  (rule: ReturnType<typeof ruleOf>, resolve: Resolve): Resolve =>
  (source, args, context, info) => {
    if (rule === undefined || !meets(rule, context.permissions))
      throw new AppError('FORBIDDEN', `the caller does not meet the rule of ${info.fieldName}`);
    return resolve(source, args, context, info);
  };
