import { DirectiveLocation, GraphQLDirective, GraphQLInt, GraphQLList, GraphQLNonNull } from 'graphql';

/** Read by relay-compiler and other generators from the SDL. The fields are marked with `SemanticNonNull`. */
export const SemanticNonNullDirective = new GraphQLDirective({
  name: 'semanticNonNull',
  description:
    'The field is null only if errors has an entry for its path. A generator can give it a type without null if the client treats such an error as one of the field.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    levels: {
      description: '0: the field itself; 1: the entries of its list.',
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLInt))),
      defaultValue: [0],
    },
  },
});
