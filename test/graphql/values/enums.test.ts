import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLEnumType,
  type GraphQLType,
} from 'graphql';
import { servedSchema } from '../../../src/graphql/schema/schema';
import { CommonFieldFlag, ProductCouponStockType, shownValue } from '../../../src/graphql/values/enums';
import { interfaceNames } from '../../../src/wechatpay/api/interfaces';

const schema = servedSchema();
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** Enums whose values are defined by this server, so no other value can occur. */
const isOwn = (name: string): boolean =>
  name.endsWith('ErrorCode') ||
  name.startsWith('Audit') ||
  name.startsWith('Bulk') ||
  [
    'BudgetUseBy',
    'FindingLevel',
    'ImportOutcome',
    'KeyKind',
    'Permanent',
    'ServerStatus',
    'UpstreamInterface',
    'WaitingOpeningState',
    'WebhookDeliveryState',
    'WebhookKind',
  ].includes(name);

const valuesOf = (type: GraphQLType): readonly string[] => {
  const named = getNamedType(type);
  return isEnumType(named) ? named.getValues().map(({ name }) => name) : [];
};

const outputs = types.filter(isObjectType).flatMap((type) =>
  Object.values(type.getFields())
    .filter((field) => isEnumType(getNamedType(field.type)) && !isOwn(getNamedType(field.type).name))
    .map((field) => [`${type.name}.${field.name}`, type, field] as const),
);
const inputs = [
  ...types
    .filter(isInputObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
    ),
  ...types
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) =>
        field.args.map((arg) => [`${type.name}.${field.name}(${arg.name})`, arg] as const),
      ),
    ),
]
  .filter(([, { type }]) => isEnumType(getNamedType(type)) && !isOwn(getNamedType(type).name))
  // A filter of stored events may ask for those of an unknown type.
  .filter(([name]) => name !== 'UserCardEventFilter.eventTypes');

describe("WeChat Pay's enumerations", () => {
  it.each(outputs)('%s has UNKNOWN, and beside it the text that was sent', (_, type, field) => {
    expect(valuesOf(field.type)).toContain('UNKNOWN');
    const raw = type.getFields()[`${field.name}Raw`];
    const isList = String(field.type).startsWith('[');
    expect(String(raw?.type)).toBe(isList ? '[String!]' : 'String');
  });

  it.each(inputs)('%s accepts documented values only', (_, { type }) => {
    expect(valuesOf(type)).not.toContain('UNKNOWN');
  });

  it('are many', () => {
    expect(outputs.length).toBeGreaterThan(12);
    expect(inputs.length).toBeGreaterThan(10);
  });
});

describe('the names of the values', () => {
  const enums = types.filter(isEnumType).filter(({ name }) => !isOwn(name));

  it.each(enums.map((type) => [type.name, type] as const))(
    'of %s are GraphQL words, described',
    (_, type) => {
      const values = type.getValues();
      for (const { name, value, description } of values) {
        expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
        if (name !== value) expect(description).toContain(`WeChat Pay's ${String(value)}.`);
        if (name !== 'UNKNOWN') expect(description).toMatch(/^.+\.|\p{Script=Han}/u);
      }
      // A prefix that every value has says nothing.
      const [first = '', ...others] = values.map(({ name }) => name).filter((name) => name !== 'UNKNOWN');
      const prefix = /^[A-Z]+_/.exec(first)?.[0];
      if (prefix !== undefined && others.length > 0)
        expect(others.every((name) => name.startsWith(prefix))).toBe(false);
    },
  );

  it('have every documented value, and convert it in both directions', () => {
    expect(CommonFieldFlag).toMatchObject({ SEX: 'USER_FORM_FLAG_SEX', CITY: 'USER_FORM_FLAG_CITY' });
    expect(shownValue(ProductCouponStockType, 'PRODUCT_COUPON_STOCK_TYPE_CASH_FAVOR')).toBe(
      'PRODUCT_COUPON_STOCK_TYPE_CASH_FAVOR',
    );
    expect(shownValue(ProductCouponStockType, 'OF_TOMORROW')).toBe('UNKNOWN');
    for (const nothing of ['', undefined])
      expect(shownValue(ProductCouponStockType, nothing)).toBeUndefined();
  });

  it('of interfaces are those of the table', () => {
    expect(valuesOf(schema.getType('UpstreamInterface') as GraphQLEnumType)).toEqual(interfaceNames);
  });
});

describe('whole numbers', () => {
  it('are never Float: only a rate may be a fraction', () => {
    const floats = types.flatMap((type) => {
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
      const fields: readonly { readonly name: string; readonly type: GraphQLType }[] = Object.values(
        type.getFields(),
      );
      return fields
        .filter((field) => getNamedType(field.type).name === 'Float')
        .map((field) => `${type.name}.${field.name}`);
    });
    expect(floats.filter((name) => !name.endsWith('.share')).sort()).toEqual([
      'BulkOperation.ratePerSecond',
      'ThrottleStatus.limitPerSecond',
    ]);
  });
});
