import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import { defaultQueryLimits } from '../../src/config/query-limits';
import type { FieldRule } from '../../src/documents/field-rule';
import { interfaceRules, type RuledInterface } from '../../src/documents/interface-rules';
import { upstreamOf } from '../../src/graphql/cost/upstream';
import { alternativesOf } from '../../src/graphql/inputs/alternatives';
import { classOf } from '../../src/graphql/descriptions/input-rules';
import { memberPath } from '../../src/graphql/inputs/input-place';
import { servedSchema } from '../../src/graphql/schema/schema';
import { ownMutations } from '../support/own-mutations';
import { testApp, type TestApp } from '../support/test-app';

const schema = servedSchema();
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
  ({ name }) => !ownMutations.includes(name),
);

/** Three bytes of UTF-8, six in a JSON escape: the most that WeChat Pay accepts for one character. */
const wide = '惠';
const latest = '2099-12-31T23:59:59.000000+08:00';

/** Values that are not determined by a length: those with a format, and those that must agree with other fields. */
const fixed: Readonly<Record<string, unknown>> = {
  brand_id: '1004',
  card_color: '#FFFF00',
  code_type: 'JUMP_MINI_PROGRAM',
  result: 'REJECT',
  phone_number: '13812345678',
  pickup_time: '2020-01-01T00:00:00.000000+08:00',
  begin_time: '2026-01-01T00:00:00.000000+08:00',
  end_time: latest,
  activity_id: '9'.repeat(16),
  'valid_date_information.available_begin_time': '2020-01-01T00:00:00.000000+08:00',
  'valid_date_information.available_end_time': latest,
};

const formats: Readonly<Partial<Record<string, (length: number) => string>>> = {
  identifier: (length) => 'a'.repeat(length),
  requestNumber: (length) => 'a'.repeat(length),
  cardCode: (length) => 'a'.repeat(length),
  pictureUrl: (length) => `https://a.cn/${'x'.repeat(length - 13)}`,
  notifyUrl: (length) => `https://a.cn/${'x'.repeat(length - 13)}`,
  feedCell: (length) => `15_${wide.repeat(length - 3)}`,
};

const largestText = ({ maxLength, maxBytes = Infinity, characters = 'plain' }: FieldRule): string =>
  formats[characters]?.(maxLength ?? 32) ??
  wide.repeat(Math.min(maxLength ?? Infinity, Math.floor(maxBytes / wide.length / 3)));

const largestOf = (rule: FieldRule): unknown => {
  if (rule.kind === 'integer') return rule.max ?? 2_147_483_647;
  if (rule.kind === 'flag') return true;
  return rule.kind === 'word' ? rule.values?.[0] : largestText(rule);
};

/** A client writes the name of an enum's value. */
const written = (value: unknown, type: unknown): unknown =>
  isEnumType(type) ? (type.getValues().find((one) => one.value === value)?.name ?? value) : value;

/** The largest input that the documents allow, by the contract's names. */
const largestInput = (
  input: GraphQLInputObjectType,
  name: RuledInterface,
  path: readonly string[] = [],
): object => {
  const table: Readonly<Record<string, FieldRule>> = interfaceRules[name].fields;
  const target = classOf(input);
  const alternatives = target && alternativesOf(target);
  return Object.fromEntries(
    // Of an object's id and its keys, one is given; the last alternative has the most members.
    Object.values(input.getFields())
      .slice(alternatives === undefined ? 0 : -1)
      .flatMap((field) => {
        if (alternatives === undefined && input.isOneOf && field.name === 'id') return [];
        const own = memberPath(path, field.name, target);
        const at = own.join('.');
        const type = getNamedType(field.type);
        if (alternatives === undefined && own.length === path.length && isInputObjectType(type))
          return [[field.name, largestInput(type, name, own)] as const];
        const rule = table[at];
        if (rule === undefined) throw new Error(`no document has a rule for ${name}.${at}`);
        if (at in fixed) return [[field.name, fixed[at]] as const];
        const nested = (): unknown =>
          isInputObjectType(type)
            ? largestInput(type, name, own)
            : written(largestOf({ ...rule, kind: rule.entries ?? rule.kind }), type);
        if (at === 'user_information.common_field_list')
          return [[field.name, commonFields(type, name, own)] as const];
        if (!isList(field.type)) return [[field.name, nested()] as const];
        return [[field.name, Array.from({ length: rule.maxEntries ?? 1 }, nested)] as const];
      }),
  );
};

/** Each common field once, with an answer if it is answered. */
const commonFields = (type: unknown, name: RuledInterface, path: readonly string[]): readonly unknown[] => {
  const table: Readonly<Record<string, FieldRule>> = interfaceRules[name].fields;
  const names = (table[path.join('.')] ?? {}).values ?? table[`${path.join('.')}.name`]?.values ?? [];
  if (!isInputObjectType(type)) return names.map((one) => written(one, type));
  const answer = largestText(table[`${path.join('.')}.value`] as FieldRule);
  const flag = getNamedType(type.getFields().name?.type);
  return ['USER_FORM_FLAG_NAME', 'USER_FORM_FLAG_ADDRESS']
    .filter((one) => names.includes(one))
    .map((one) => ({ name: written(one, flag), value: answer }));
};

const isList = (type: GraphQLInputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** How some clients write JSON, e.g. PHP's and Python's. */
const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The value as a literal in a document. */
const literalOf = (value: unknown, key = ''): string => {
  if (Array.isArray(value)) return `[${value.map((one) => literalOf(one, key)).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `${name}: ${literalOf(member, name)}`)
      .join(', ')}}`;
  return /^[A-Z][A-Z_]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
};

describe('the default queryLimits', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ sandbox: { membersPerBrand: 1 } });
  });
  afterAll(() => app.close());

  const post = async (body: string) => {
    const response = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  const cases = mutations.map((mutation) => {
    const [argument] = mutation.args;
    const input = getNamedType(argument?.type) as GraphQLInputObjectType;
    const name = upstreamOf(mutation.extensions)?.interfaces[0] as RuledInterface;
    return [mutation.name, name, input] as const;
  });

  it('cover every mutation', () => {
    expect(cases.map(([, name]) => name).sort()).toEqual(Object.keys(interfaceRules).sort());
  });

  it.each(cases)('accept the largest documented %s', async (mutation, name, input) => {
    const value = largestInput(input, name);
    const query = `mutation ($input: ${input.name}!) { ${mutation}(input: $input) { userErrors { field code } } }`;
    const json = JSON.stringify({ query, variables: { input: value } });
    const inline = JSON.stringify({
      query: `mutation { ${mutation}(input: ${literalOf(value)}) { userErrors { field code } } }`,
    });
    for (const body of [json, escaped(json), inline]) {
      const before = app.arrived(name);
      const { status, text } = await post(body);
      expect({ status, text: text.slice(0, 300) }).toEqual({
        status: 200,
        text: expect.stringMatching(/^\{"data":/) as string,
      });
      // No rule of ours refused it: WeChat Pay was called, whatever it returned about unknown objects.
      expect({ sent: app.arrived(name) - before, text }).toMatchObject({ sent: 1 });
    }
  });

  it('are not much larger than that', () => {
    const sizes = cases.map(([, name, input]) => escaped(JSON.stringify(largestInput(input, name))).length);
    expect(defaultQueryLimits.bodyBytes).toBeLessThan(2 * Math.max(...sizes));
  });
});
