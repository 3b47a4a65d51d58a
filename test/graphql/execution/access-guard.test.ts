import {
  graphql,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  subscribe,
  type GraphQLField,
} from 'graphql';
import { permissionsOf } from '../../../src/auth/permissions';
import { guardFields } from '../../../src/graphql/execution/access-guard';
import { ruleOf } from '../../../src/graphql/access/access';
import { servedSchema } from '../../../src/graphql/schema/schema';

const rootFields = (schema: GraphQLSchema): readonly [string, GraphQLField<unknown, unknown>][] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.entries(type?.getFields() ?? {}).map(([name, field]): [string, GraphQLField<unknown, unknown>] => [
      `${type?.name ?? ''}.${name}`,
      field,
    ]),
  );

describe('the root fields', () => {
  const schema = servedSchema();

  it('all have a rule', () => {
    const fields = rootFields(schema);
    expect(fields.length).toBeGreaterThanOrEqual(10);
    expect(
      fields.filter(([, { extensions }]) => ruleOf(extensions) === undefined).map(([name]) => name),
    ).toEqual([]);
  });

  it('that write need more than read', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(
      mutations.filter(({ extensions }) => !['write', 'admin'].includes(ruleOf(extensions) ?? '')),
    ).toEqual([]);
  });
});

describe('a subscription', () => {
  it.each([
    ['brand:1004:read', true],
    ['admin', false],
  ])('is open to the scope %s: %s', async (scope, isOpened) => {
    let isReached = false;
    const type = GraphQLString;
    const extensions = { access: 'read' };
    const open = () => {
      isReached = true;
      return (async function* () {
        yield await Promise.resolve({ events: 'one' });
      })();
    };
    const schema = guardFields(
      new GraphQLSchema({
        query: new GraphQLObjectType({ name: 'Query', fields: { field: { type, extensions } } }),
        subscription: new GraphQLObjectType({
          name: 'Subscription',
          fields: { events: { type, extensions, subscribe: open } },
        }),
      }),
    );
    await subscribe({
      schema,
      document: parse('subscription { events }'),
      contextValue: { permissions: permissionsOf([scope]) },
    });
    expect(isReached).toBe(isOpened);
  });
});

describe('a root field', () => {
  const ask = async (access: unknown, scopes: readonly string[]) => {
    let isReached = false;
    const schema = guardFields(
      new GraphQLSchema({
        query: new GraphQLObjectType({
          name: 'Query',
          fields: {
            field: {
              type: GraphQLString,
              extensions: { access },
              resolve: () => {
                isReached = true;
                return 'reached';
              },
            },
          },
        }),
      }),
    );
    await graphql({ schema, source: '{ field }', contextValue: { permissions: permissionsOf(scopes) } });
    return isReached;
  };
  const all = ['brand:*:read', 'brand:*:write', 'brand:*:pii', 'schema:read', 'admin'];

  it.each([undefined, 'anybody', null, ''])('with the rule %j is open to no caller', async (rule) => {
    expect(await ask(rule, all)).toBe(false);
  });

  it.each([
    ['read', 'brand:1004:read', 'schema:read'],
    ['write', 'brand:1004:write', 'brand:1004:pii'],
    ['pii', 'brand:1004:pii', 'brand:1004:write'],
    ['schema:read', 'schema:read', 'brand:*:write'],
    ['admin', 'admin', 'schema:read'],
  ])('with the rule %s is open to %s and not to %s', async (rule, enough, tooLittle) => {
    expect(await ask(rule, [enough])).toBe(true);
    expect(await ask(rule, [tooLittle])).toBe(false);
    expect(await ask(rule, [])).toBe(false);
  });
});
