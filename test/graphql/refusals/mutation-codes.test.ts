import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getNamedType, isEnumType, isObjectType, type GraphQLObjectType } from 'graphql';
import { errorTables, type DocumentedError } from '../../../src/documents/error-tables';
import { commonErrors, impliedErrors } from '../../../src/documents/implied-errors';
import { ruledInterfaces } from '../../../src/documents/interface-rules';
import { upstreamOf } from '../../../src/graphql/cost/upstream';
import { inputOfInterface } from '../../../src/graphql/inputs/input-fields';
import { possibleCodes } from '../../../src/graphql/inputs/possible-codes';
import { asErrorsOf, codesOfMutation, refusalOf } from '../../../src/graphql/refusals/mutation-codes';
import { upstreamUserErrors } from '../../../src/graphql/refusals/upstream-user-errors';
import { servedSchema } from '../../../src/graphql/schema/schema';
import { publicText } from '../../../src/shared/errors';
import { ownMutations } from '../../support/own-mutations';

const schema = servedSchema();
const every = Object.values(schema.getMutationType()?.getFields() ?? {});
/** Those that write at WeChat Pay. */
const mutations = every.filter((one) => upstreamOf(one.extensions)?.interfaces.length !== 0);
/** Those that change something of the server's own. */
const own = every.filter((one) => !mutations.includes(one));
const valuesOf = (name: string): readonly string[] => {
  const type = schema.getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
};
const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

describe("a mutation's user errors", () => {
  it.each(own.map((one) => [one.name, one] as const))(
    'of %s, which writes nothing at WeChat Pay, have a type of their own',
    (name, mutation) => {
      const payload = getNamedType(mutation.type) as GraphQLObjectType;
      const type = getNamedType(payload.getFields().userErrors?.type);
      expect(type?.name).toBe(`${capital(name)}UserError`);
      expect(isObjectType(type) && type.getInterfaces().map((one) => one.name)).toEqual(['UserError']);
      expect([ownMutations.includes(name), mutation.extensions.access]).toEqual([
        true,
        expect.stringMatching(/^(admin|write)$/) as string,
      ]);
    },
  );

  it.each(mutations.map((one) => [one.name, one] as const))(
    'of %s have a type and codes of their own',
    (name, mutation) => {
      const interfaceName = ruledInterfaces.find(
        (one) => one === upstreamOf(mutation.extensions)?.interfaces[0],
      );
      if (interfaceName === undefined) throw new Error(`${name} writes with no interface`);
      const payload = getNamedType(mutation.type) as GraphQLObjectType;
      const type = getNamedType(payload.getFields().userErrors?.type);
      expect(type?.name).toBe(`${capital(name)}UserError`);
      expect(isObjectType(type) && type.getInterfaces().map((one) => one.name)).toEqual(['UserError']);
      const values = valuesOf(`${capital(name)}UserErrorCode`);
      expect(values).toEqual(codesOfMutation(interfaceName));

      // Every refusal that the documents list has a code of the enum, and its own one.
      const rows: readonly DocumentedError[] = [
        ...commonErrors,
        ...errorTables[interfaceName],
        ...(impliedErrors[interfaceName] ?? []),
      ];
      const Input = inputOfInterface(interfaceName) as new () => object;
      const refused = rows.flatMap((row) => {
        const errors = upstreamUserErrors(refusalOf(row), 'en') ?? [];
        expect(asErrorsOf(new Input(), errors)).toEqual(errors);
        return errors.map(({ code }) => code);
      });
      // Every value of the enum comes from such a refusal, from a check, or from the two that always can occur.
      const checked = possibleCodes(Input, interfaceName);
      const own = ['NOT_FOUND', 'UPSTREAM_REJECTED', 'DUPLICATE_REQUEST_NO'];
      for (const value of values)
        expect([value, [...refused, ...checked, ...own].some((code) => code === value)]).toEqual([
          value,
          true,
        ]);
    },
  );

  it('have fewer codes than there are', () => {
    expect(valuesOf('UpdateUserCardUserErrorCode')).toContain('CARD_NOT_EFFECTIVE');
    for (const other of ['CARD_EXPIRED', 'TEMPLATE_LIMIT_REACHED', 'DUPLICATE_REQUEST_NO', 'IMAGE_EMPTY'])
      expect(valuesOf('UpdateUserCardUserErrorCode')).not.toContain(other);
    expect(valuesOf('UpdateUserCardUserErrorCode')).toContain('NO_CHANGE');
    // Confirming is a change by itself.
    expect(valuesOf('ConfirmUserCardUserErrorCode')).not.toContain('NO_CHANGE');
    expect(valuesOf('ImportUserCardByPhoneUserErrorCode')).toContain('CARD_EXPIRED');
  });

  it('include the rules of the inputs inside an input, for the interfaces that state them', () => {
    const codesOf = (name: (typeof ruledInterfaces)[number]) => possibleCodes(inputOfInterface(name), name);
    expect(codesOf('UPDATE_USER_CARD')).toContain('FORM_FIELD_DUPLICATE');
    expect(codesOf('IMPORT_USER_CARD_BY_PHONE')).not.toContain('FORM_FIELD_DUPLICATE');
  });

  it('that WeChat Pay says of another interface are UPSTREAM_REJECTED, with their words', () => {
    const Input = inputOfInterface('SYNC_USER_POINTS') as new () => object;
    const foreign = { status: 400, code: 'INVALID_REQUEST', message: '会员卡模板数量超过限制' };
    const errors = upstreamUserErrors(refusalOf(foreign), 'en') ?? [];
    expect(errors).toMatchObject([{ code: 'TEMPLATE_LIMIT_REACHED' }]);
    expect(asErrorsOf(new Input(), errors)).toEqual([
      { ...errors[0], code: 'UPSTREAM_REJECTED', wechatMessage: foreign.message },
    ]);
  });
});

describe('the enum of top-level codes', () => {
  const codes = valuesOf('ErrorCode');

  it("has the closed family, the persisted queries' codes and the refusals of reads", () => {
    const family = Object.keys(publicText);
    expect(codes.filter((code) => family.includes(code)).sort()).toEqual(family.sort());
    expect(codes.filter((code) => !family.includes(code)).sort()).toEqual(
      [
        ...['ACTIVITY_NOT_OF_BRAND', 'OPENID_NOT_OF_BRAND', 'INVALID'],
        ...['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED', 'PRODUCT_NOT_OPENED'],
      ].sort(),
    );
  });

  it('has the HTTP statuses of the README', () => {
    const readme = readFileSync(join(__dirname, '..', '..', '..', 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` +\| ([^|]+?) +\| [^|]+\| [^|]+\|$/gm)];
    const type = schema.getType('ErrorCode');
    for (const { name, description } of isEnumType(type) ? type.getValues() : []) {
      const status = rows.find(([, code]) => code === name)?.[2]?.replace(/[¹²³⁴]/g, '');
      if (status !== undefined) expect(description).toContain(` HTTP ${status}. `);
      expect(description).toMatch(/ HTTP [2-5]\d\d.*\. [^。]+\.(?: .+。)?$/);
    }
    expect(rows.length).toBeGreaterThan(20);
  });
});
