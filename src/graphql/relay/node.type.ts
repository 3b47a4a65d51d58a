import { Field, InterfaceType } from 'type-graphql';
import { ID } from '../values/scalars';

/** What a resolver answers for an object type: `kind` names the type where a field's type is an interface. */
export interface NodeSource {
  readonly kind: 'Brand' | 'CardTemplate' | 'UserCard' | 'MembershipActivity';
}

@InterfaceType({
  description: 'An object that can be refetched by its global id.',
  resolveType: ({ kind }: NodeSource) => kind,
})
export abstract class Node {
  @Field(() => ID, {
    description:
      'Opaque global id: names the type, the brand and the upstream keys; never personal data in clear.',
  })
  readonly id!: string;
}
