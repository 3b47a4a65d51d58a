import type { GraphQLFieldResolver } from 'graphql';
import { withAudit, type AuditedOutcome } from '../../audit/with-audit';
import { withKeys } from '../inputs/object-ref';
import type { UserError } from '../inputs/user-error.type';
import type { Context } from './context';
import { isRecord } from '../../shared/is-record';
import { normalPhoneNumber } from '../../shared/phone-number';

/** Input fields that identify the object; all others change it. */
const keyNames = [
  'cardId',
  'userCardCode',
  'outRequestNo',
  'activityId',
  'recordId',
  'operationId',
  'deliveryId',
];
const otherKeys = ['brandId', 'openid'];

type MutationResolver = GraphQLFieldResolver<unknown, Context, { readonly input?: unknown }>;

/** Records every mutation in the audit log, refused ones included, and records what it is about to write before it is sent. */
export const auditMutation =
  (resolve: MutationResolver): MutationResolver =>
  async (source, args, context, info) => {
    const input = isRecord(args.input) ? withKeys(args.input, context.nodeIds) : {};
    const earlier = context.requestIds().length;
    return withAudit(
      (recordIntent) => {
        const writeScope = { ...context.writeScope, recordIntent };
        return resolve(source, args, { ...context, writeScope }, info);
      },
      {
        audit: context.audit,
        of: {
          brandId: String(input.brandId),
          operation: info.fieldName,
          target: [
            ...keyNames.map((name) => input[name]).filter((value) => typeof value === 'string'),
            ...memberIn(input.by),
          ],
          fields: Object.keys(input)
            .filter((name) => ![...keyNames, ...otherKeys].includes(name))
            .sort(),
        },
        requestIds: () => context.requestIds().slice(earlier),
        outcomeOf: auditOutcome,
      },
    );
  };

/** A member who is named by one of several keys, under the name that a look-up of the same phone number has. */
const memberIn = (by: unknown): readonly string[] =>
  Object.entries(isRecord(by) ? by : {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [name, name === 'phoneNumber' ? normalPhoneNumber(value) : value] : [],
  );

const auditOutcome = (result: unknown): AuditedOutcome => {
  const userErrors: readonly UserError[] =
    isRecord(result) && Array.isArray(result.userErrors) ? (result.userErrors as UserError[]) : [];
  if (userErrors.length === 0) return { outcome: 'OK' };
  const said = userErrors.flatMap(({ wechatMessage }) => wechatMessage ?? []);
  return {
    outcome: [...new Set(userErrors.map(({ code }) => code))].join(','),
    ...(said.length === 0 ? {} : { wechatMessages: [...new Set(said)] }),
  };
};
