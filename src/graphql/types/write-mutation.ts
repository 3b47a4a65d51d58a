import { Field, Mutation, ObjectType, type ClassType } from 'type-graphql';
import type { InterfaceName } from '../../wechatpay/api/interfaces';
import { Access } from '../access/access';
import { writeCost } from '../cost/field-costs';
import { Upstream } from '../cost/upstream';
import type { Payload } from '../execution/mutate';
import { UserError } from '../inputs/user-error.type';

export interface WriteMutationOptions {
  /** The interface that the mutation calls. */
  readonly upstream: InterfaceName;
  readonly description: string;
  /** Whether a refusal makes the server read the object. Default: false. */
  readonly readsBack?: boolean;
}

/**
 * A mutation that writes by one interface: its access rule, its cost and its payload, which is named after the method and has a field
 * for the result beside `userErrors`.
 */
export const WriteMutation =
  <F extends string, S>(
    { field, type }: { readonly field: F; readonly type: () => ClassType; readonly show: (done: never) => S },
    { upstream, description, readsBack = false }: WriteMutationOptions,
  ) =>
  <M extends (...args: never[]) => Promise<Payload<F, S>>>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const payload = payloadOf(`${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`, field, type);
    Access('write')(target, name, descriptor);
    Upstream([upstream], writeCost(upstream, { readsBack }))(target, name, descriptor);
    Mutation(() => payload, { description })(target, name, descriptor);
  };

const payloadOf = (name: string, field: string, type: () => ClassType): ClassType => {
  @ObjectType(name, { simpleResolvers: true })
  class PayloadOfMutation {}
  // In the order in which introspection shows them.
  Field(type, { nullable: true })(PayloadOfMutation.prototype, field);
  Field(() => [UserError])(PayloadOfMutation.prototype, 'userErrors');
  return PayloadOfMutation;
};
