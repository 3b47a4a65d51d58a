import { Field, InterfaceType } from 'type-graphql';
import { ID } from '../values/scalars';

/** What a resolver returns for an object type. `kind` gives the type if the field's type is an interface. */
export interface NodeSource {
  readonly kind: 'Brand' | 'CardTemplate' | 'UserCard' | 'MembershipActivity' | 'BulkOperation';
}

@InterfaceType({
  description: 'An object that can be refetched by its global id.',
  resolveType: ({ kind }: NodeSource) => kind,
})
export abstract class Node {
  @Field(() => ID, {
    description:
      'Opaque global id of the type, the brand and the upstream keys. Holds no personal data in clear.',
  })
  readonly id!: string;
}
