import {
  getNamedType,
  isInputObjectType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
} from 'graphql';
import type { Config } from '../../src/config/config';
import { createNodeIds, type NodeIds, type NodeRef } from '../../src/graphql/relay/node-id';
import { servedSchema } from '../../src/graphql/schema/schema';
import { firstExample } from '../../src/sandbox/seed';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { callers } from '../support/callers';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { rootFieldSamples } from '../support/root-field-samples';
import { rootFieldOperations } from '../support/root-fields';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type Answer, type TestApp } from '../support/test-app';

const { brandId } = firstExample;
const foreign = '1001622624';
const schema = servedSchema();

type Kind = Exclude<NodeRef['kind'], 'Brand'>;

/** Where a root field takes a reference: the argument itself, or a field of the input. */
interface Place {
  readonly kind: Kind;
  readonly path: readonly string[];
}

const kindOf = (type: GraphQLArgument['type']): Kind | undefined => {
  const named = getNamedType(type);
  return isInputObjectType(named) && named.isOneOf && named.name.endsWith('Ref')
    ? (named.name.replace(/Ref$/, '') as Kind)
    : undefined;
};

const placesOf = ({ args }: GraphQLField<unknown, unknown>): readonly Place[] =>
  args.filter(isRequiredArgument).flatMap(({ name, type }): readonly Place[] => {
    const kind = kindOf(type);
    if (kind !== undefined) return [{ kind, path: [name] }];
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return [];
    return Object.values(named.getFields()).flatMap((field) => {
      const inner = kindOf(field.type);
      return inner === undefined ? [] : [{ kind: inner, path: [name, field.name] }];
    });
  });

const fields = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() };
const operations = rootFieldOperations(schema, { known: ['by'], skip: ['phoneNumber', 'userInformation'] });
const cases = operations.flatMap((operation) =>
  placesOf(fields[operation.name] as GraphQLField<unknown, unknown>).map(
    (place) => [`${operation.name}(${place.path.join('.')})`, operation, place] as const,
  ),
);

type Variables = Record<string, unknown>;
type Reference = { readonly key?: Record<string, string>; readonly id?: string };

const referenceAt = (variables: Variables, path: readonly string[]): Reference => {
  const found = path.reduce<unknown>((value, step) => Reflect.get(value as object, step), variables);
  return (Array.isArray(found) ? found[0] : found) as Reference;
};
const withReference = (value: unknown, [step, ...rest]: readonly string[], one: Reference): unknown => {
  if (step === undefined) return Array.isArray(value) ? [one] : one;
  const of = value as Variables;
  return { ...of, [step]: withReference(of[step], rest, one) };
};

describe('an object', () => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  let ids: NodeIds;
  const known = callers({ own: [`brand:${brandId}:write`] });
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 30 });
    upstream = await startFaultyUpstream(sandbox);
    app = await testApp({
      upstream: sandbox,
      change: (config: Config) => {
        ids = createNodeIds(config.ids.key);
        const { wechatPay, ...rest } = upstream.configure(config);
        const fast = { brand: 1_000, partner: 1_000 };
        const limits = Object.fromEntries(interfaceNames.map((name) => [name, fast]));
        return {
          ...rest,
          wechatPay: { ...wechatPay, limits },
          auth: known.settings,
          // Nothing is served from it, so each read arrives upstream.
          cache: { maxBytes: 1 },
        };
      },
    });
    await fetch(`${sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((name) => [name, 1_000])) }),
    });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await sandbox.close();
    known.remove();
  });

  const run = async (
    { query }: (typeof operations)[number],
    variables: unknown,
    language = 'en',
  ): Promise<{ readonly answer: Answer; readonly sent: readonly string[] }> => {
    await fetch(`${sandbox.url}/sandbox/reset`, { method: 'POST' });
    const before = upstream.requests().length;
    const answer = await app.ask(query, variables as Variables, {
      ...known.headers.own,
      'accept-language': language,
    });
    return { answer, sent: upstream.requests().slice(before) };
  };
  /** Without what differs between two runs: numbers that the server makes, and encrypted values. */
  const comparable = (sent: readonly string[]): readonly string[] =>
    sent.map((request) =>
      request
        .replace(new RegExp(`${brandId}-[0-9a-f]{24}`), 'number')
        .replace(/[\w+/]{300,}={0,2}/g, 'sealed'),
    );
  const plannedBy = ({ extensions }: Answer) =>
    extensions.throttle.map(({ interface: name, plannedCalls }) => [name, plannedCalls]);
  const variablesOf = (operation: (typeof operations)[number]): Variables =>
    operation.variables(rootFieldSamples(brandId, 'x'));
  const idOf = (kind: Kind, key: object): string => ids.encode({ kind, ...key } as NodeRef);

  it('can be named in every field that needs one', () => {
    expect(cases.map(([name]) => name)).toHaveLength(23);
  });

  // Mutations of bulk operations send nothing by themselves (test/bulk/operations.test.ts).
  it.each(cases.filter(([name]) => !name.startsWith('bulkOperation')))(
    'is the same by its id and by its keys: %s',
    async (_, operation, { kind, path }) => {
      const byKey = variablesOf(operation);
      const { key = {} } = referenceAt(byKey, path);
      const keyed = await run(operation, byKey);
      const hash = app.audit.at(-1)?.targetHash;
      const audited = app.audit.at(-1)?.fields;
      const named = await run(operation, withReference(byKey, path, { id: idOf(kind, key) }));
      expect(keyed.sent.length).toBeGreaterThan(0);
      // A retry on a busy machine sends a request again.
      expect(new Set(comparable(named.sent))).toEqual(new Set(comparable(keyed.sent)));
      expect(plannedBy(named.answer)).toEqual(plannedBy(keyed.answer));
      expect(plannedBy(keyed.answer)[0]?.[1]).toBeGreaterThan(0);
      if (operation.kind === 'mutation')
        expect([app.audit.at(-1)?.targetHash, app.audit.at(-1)?.fields, app.audit.at(-1)?.brandId]).toEqual([
          hash,
          audited,
          brandId,
        ]);
    },
  );

  it.each(cases)('is not found by an id that names none: %s', async (_, operation, { kind, path }) => {
    const byKey = variablesOf(operation);
    const { key = {} } = referenceAt(byKey, path);
    const other = kind === 'UserCard' ? 'CardTemplate' : 'UserCard';
    const useless = [
      idOf(kind, { ...key, brandId: foreign }),
      idOf(kind, { ...key, brandId: '999999' }),
      idOf(other, { ...firstExample }),
      ids.encode({ kind: 'Brand', brandId }),
      'nonsense',
      '',
    ];
    const results = [];
    for (const language of ['en', 'zh'])
      for (const id of useless) {
        const { answer, sent } = await run(operation, withReference(byKey, path, { id }), language);
        expect(sent).toEqual([]);
        expect(answer.text).not.toContain(id === '' ? 'x'.repeat(9) : id);
        expect(answer.extensions.throttle).toEqual([]);
        results.push([language, answer.text.replace(/"extensions":\{"throttle".*/, '')]);
      }
    // Nobody can tell an unreadable id from that of another type or of another brand.
    const [english, chinese, ...others] = [...new Set(results.map(([, text]) => text))];
    expect(others).toEqual([]);
    expect(english).toContain('"code":"NOT_FOUND"');
    expect(english).toMatch(/id names no /);
    expect(chinese).toMatch(/id 不是您可/);
    if (operation.kind === 'mutation') expect(english).toContain(JSON.stringify([...path, 'id']));
  });
});

describe('a reference', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ sandbox: { membersPerBrand: 1 } });
  });
  afterAll(() => app.close());

  const key = '{ brandId: "1004", cardId: "c", openid: "o", userCardCode: "1" }';
  it.each([
    ['neither', '{ userCard(by: {}) { level } }'],
    ['both', `{ userCard(by: { id: "x", key: ${key} }) { level } }`],
    ['null', '{ userCard(by: { id: null }) { level } }'],
    ['neither in an input', 'mutation { updateUserCard(input: { userCard: {} }) { userErrors { code } } }'],
  ])('with %s of its fields is refused with their names, in either language', async (_, query) => {
    const english = await app.ask(query);
    expect(english.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    expect(english.errors[0]?.message).toMatch(
      /^Argument "(by|input)": "UserCardRef" takes exactly one of "id" and "key", and not null\.$/,
    );
    const chinese = await app.ask(query, {}, { 'accept-language': 'zh' });
    expect(chinese.errors[0]?.message).toMatch(
      /"UserCardRef" 须且只能填写 "id"、"key" 之一，且不能为 null。$/,
    );
  });

  it('takes no variable that may be null, and says how to declare it', async () => {
    const query = 'query ($id: ID) { userCard(by: { id: $id }) { level } }';
    const { errors } = await app.ask(query, { id: 'x' });
    expect(errors.map(({ message }) => message)).toEqual([
      'Variable "id" may be null, but a field of "UserCardRef" may not. Declare its type with "!".',
    ]);
    const chinese = await app.ask(query, { id: 'x' }, { 'accept-language': 'zh' });
    expect(chinese.errors[0]?.message).toMatch(/^变量 "id" 允许为 null，而 "UserCardRef" 的字段不能为 null/);
  });

  it('is told to tools as @oneOf', async () => {
    const { data } = await app.ask('{ __type(name: "UserCardRef") { isOneOf } }');
    expect(data).toEqual({ __type: { isOneOf: true } });
  });
});
