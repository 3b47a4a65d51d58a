import { GraphQLScalarType } from 'graphql';

/** Any JSON. What a representation must be is checked entry by entry, so that one wrong entry does not fail the others. */
export const Any = new GraphQLScalarType<unknown, never>({
  name: '_Any',
  description:
    'A representation of an object for a gateway: `__typename`, and `id` or all of the natural keys of the type. Keys are strings. Federation 2.',
  serialize() {
    throw new Error('_Any is an input');
  },
});
