import graphql from '@graphql-eslint/eslint-plugin';

/** The schema and the reviewed operations, held against the habits of GraphQL's and Relay's clients. */
const language = (documents) => ({
  plugins: { '@graphql-eslint': graphql },
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql', documents } },
  },
});

const naming = '@graphql-eslint/naming-convention';
/** The recommended names, and those that Federation specifies: _entities, _service and their types. */
const namesOf = ({ [naming]: [level, options] }) => ({
  [naming]: [level, { ...options, allowLeadingUnderscore: true }],
});

const documents = ['schema/operations/*.graphql', 'console/operations/*.graphql'];

export default [
  {
    files: ['schema/schema.graphql'],
    ...language(undefined),
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      ...namesOf(graphql.configs['flat/schema-recommended'].rules),
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          DirectiveDefinition: true,
          rootField: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
        },
      ],
      // userCardCode, cardTitle and the like are WeChat Pay's names.
      '@graphql-eslint/no-typename-prefix': 'off',
      // Objects have the id of Node. Values of WeChat Pay, connections and payloads have none.
      '@graphql-eslint/strict-id-in-types': 'off',
      // WeChat Pay lists forwards only.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // `nodes` beside `edges`, as at GitHub. Events are no nodes: they leave the log.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // ErrorCode lists the codes of `extensions.code`, which no field returns. graphql-js drops what else is unreachable.
      '@graphql-eslint/no-unreachable-types': 'off',
    },
  },
  // The reviewed operations, and those of the console: together, because the plugin reads documents once for a schema.
  {
    files: documents,
    ...language(documents),
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      ...namesOf(graphql.configs['flat/operations-recommended'].rules),
      // A client's cache merges objects by id.
      '@graphql-eslint/require-selections': 'error',
    },
  },
];
