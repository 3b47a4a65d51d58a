import { Field, Mutation, ObjectType, type ClassType } from 'type-graphql';
import type { Operation } from '../../../bulk/operation';
import { textIn, type Language, type Texts } from '../../../shared/language';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { UserErrorCode } from '../../inputs/user-error-code';
import { userErrorTypeOf, type UserError } from '../../inputs/user-error.type';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { BulkOperation, toBulkOperation, type BulkOperationSource } from './bulk-operation.type';

/** What a mutation of bulk operations returns. */
export interface BulkPayload {
  readonly bulkOperation: BulkOperationSource | undefined;
  readonly userErrors: readonly UserError[];
}

/** A mutation that changes bulk operations. It calls nothing upstream; the rows do later. */
export const BulkMutation =
  (codes: readonly UserErrorCode[], description: string) =>
  (
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<(...args: never[]) => Promise<BulkPayload>>,
  ): void => {
    const payload = payloadOf(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, codes);
    Access('write')(target, name, descriptor);
    Upstream()(target, name, descriptor);
    SemanticNonNull()(target, name, descriptor);
    Mutation(() => payload, { nullable: true, description })(target, name, descriptor);
  };

const payloadOf = (name: string, codes: readonly UserErrorCode[]): ClassType => {
  @ObjectType(`${name}Payload`, { simpleResolvers: true })
  class PayloadOfMutation {}
  Field(() => BulkOperation, {
    nullable: true,
    description: 'The operation. Null if userErrors say why not.',
  })(PayloadOfMutation.prototype, 'bulkOperation');
  const userError = userErrorTypeOf(name, codes);
  Field(() => [userError])(PayloadOfMutation.prototype, 'userErrors');
  return PayloadOfMutation;
};

export const done = (operation: Operation): BulkPayload => ({
  bulkOperation: toBulkOperation(operation),
  userErrors: [],
});

export const refused = (userErrors: readonly UserError[]): BulkPayload => ({
  bulkOperation: undefined,
  userErrors,
});

export const userError = (
  language: Language,
  field: readonly string[],
  code: UserErrorCode,
  texts: Texts,
): UserError => ({ field: ['input', ...field], code, message: textIn(language, texts) });
