import { Field, Mutation, ObjectType, type ClassType } from 'type-graphql';
import type { RuledInterface } from '../../documents/interface-rules';
import { Access } from '../access/access';
import { writeCost } from '../cost/field-costs';
import { Upstream } from '../cost/upstream';
import type { Payload } from '../execution/mutate';
import { defined } from '../../shared/defined';
import type { UserErrorCode } from '../inputs/user-error-code';
import { userErrorTypeOf } from '../inputs/user-error.type';
import { codesOfMutation } from '../refusals/mutation-codes';
import { SemanticNonNull } from '../values/semantic-non-null';

interface PayloadField {
  readonly type: () => object;
  readonly description?: string;
  /** What the field calls upstream, from `Upstream`. Default: nothing. */
  readonly upstream?: PropertyDecorator;
}

/** Nullable fields of a payload, by name. */
export type PayloadFields = Readonly<Record<string, PayloadField>>;

export interface WriteMutationOptions {
  /** The interface that the mutation calls. */
  readonly upstream: RuledInterface;
  readonly description: string;
  /** Further fields of the payload. Default: none. */
  readonly more?: PayloadFields;
  /** Whether a refusal makes the server read the object. Default: false. */
  readonly readsBack?: boolean;
}

/**
 * A mutation that writes with one interface: declares its access rule, its cost and its payload. The payload has the method's
 * name, a field for the result and `userErrors`.
 */
export const WriteMutation =
  <F extends string, S>(
    {
      field,
      type,
      about,
    }: {
      readonly field: F;
      readonly type: () => ClassType;
      readonly show: (done: never) => S | undefined;
      readonly about?: { readonly fields: PayloadFields };
    },
    { upstream, description, more = {}, readsBack = false }: WriteMutationOptions,
  ) =>
  <M extends (...args: never[]) => Promise<Payload<F, S>>>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    Upstream([upstream], writeCost(upstream, { readsBack }))(target, name, descriptor);
    PayloadMutation({
      description,
      codes: codesOfMutation(upstream),
      fields: { [field]: { type }, ...more, ...about?.fields },
    })(target, name, descriptor);
  };

/**
 * A mutation for callers with the scope write: its access rule, and its payload, which has the method's name, the fields and
 * `userErrors`.
 */
export const PayloadMutation =
  ({
    description,
    codes,
    fields,
  }: {
    readonly description: string;
    readonly codes: readonly UserErrorCode[];
    readonly fields: PayloadFields;
  }) =>
  <T>(target: object, name: string, descriptor: TypedPropertyDescriptor<T>): void => {
    const payload = payloadOf(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, codes, fields);
    Access('write')(target, name, descriptor);
    // A mutation that fails must not erase the payloads of those that ran before it.
    SemanticNonNull()(target, name, descriptor);
    Mutation(() => payload, { nullable: true, description })(target, name, descriptor);
  };

const payloadOf = (name: string, codes: readonly UserErrorCode[], fields: PayloadFields): ClassType => {
  @ObjectType(`${name}Payload`, { simpleResolvers: true })
  class PayloadOfMutation {}
  // In the order in which introspection lists them.
  for (const [field, { type, description, upstream }] of Object.entries(fields)) {
    Field(type as () => ClassType, { nullable: true, ...defined({ description }) })(
      PayloadOfMutation.prototype,
      field,
    );
    upstream?.(PayloadOfMutation.prototype, field);
  }
  const userError = userErrorTypeOf(name, codes);
  Field(() => [userError])(PayloadOfMutation.prototype, 'userErrors');
  return PayloadOfMutation;
};
