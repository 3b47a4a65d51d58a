import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lexicographicSortSchema, type GraphQLObjectType } from 'graphql';
import { errorCodeTable } from '../../src/cli/reference/error-codes';
import { readExamples } from '../../src/cli/reference/examples';
import { reference } from '../../src/cli/reference/reference';
import { userErrorOf } from '../../src/cli/reference/upstream-errors';
import { errorTables } from '../../src/documents/error-tables';
import { servedSchema } from '../../src/graphql/schema/schema';
import { userErrorCodes } from '../../src/graphql/inputs/user-error-code';
import { publicText } from '../../src/shared/errors';
import { upstreamOf } from '../../src/graphql/cost/upstream';
import { interfaceNames, interfaces } from '../../src/wechatpay/api/interfaces';

const directory = join(__dirname, '..', '..', 'schema');
const schema = lexicographicSortSchema(servedSchema());
const examples = readExamples(join(directory, 'operations'));
const errors = errorTables;
const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.values((type as GraphQLObjectType).getFields()).map(
    (field) => [`${type?.name ?? ''}.${field.name}`, field] as const,
  ),
);

describe('the reference', () => {
  it('is up to date with the schema, the rules and the examples', () => {
    const made = `${reference({ schema, examples, errors })}\n`;
    expect(readFileSync(join(directory, 'reference.md'), 'utf8')).toBe(made);
  });

  it.each(rootFields)('%s lists the interfaces that it calls, and has an example', (name, field) => {
    expect(upstreamOf(field.extensions)).toBeDefined();
    expect(examples.filter(({ shows }) => shows.includes(name))).not.toEqual([]);
  });

  it('has every interface of the table', () => {
    const text = readFileSync(join(directory, 'reference.md'), 'utf8');
    expect(interfaceNames.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the table of error codes', () => {
  const readme = readFileSync(join(directory, '..', 'README.md'), 'utf8');
  const rows = new Map(
    [...readme.matchAll(/^\| `([A-Z_]+)` +\|([^|]+)\|[^|]+\|([^|]+)\|$/gm)].map(
      ([, code = '', status = '', retry = '']) => [code, { status, retry }] as const,
    ),
  );
  const numbersOf = (text: string): readonly string[] => [...new Set(text.match(/\d{3}/g))].sort();
  const firstWordOf = (text: string): string | undefined => /\w+/.exec(text)?.[0];

  it.each(Object.entries(errorCodeTable))('%s: the README says the same', (code, { status, retry }) => {
    const row = rows.get(code);
    expect(numbersOf(row?.status ?? '')).toEqual(numbersOf(status));
    expect(firstWordOf(row?.retry ?? '')).toBe(firstWordOf(retry));
  });

  it('has a sentence for members, in both languages, for every code of an error and of a user error', () => {
    const text = readFileSync(join(directory, 'reference.md'), 'utf8');
    const codes = [...Object.keys(publicText), ...Object.keys(userErrorCodes)];
    expect(
      codes.filter((code) => !new RegExp(`^\\| \`${code}\` \\|.*[.][^|]*。 \\|$`, 'm').test(text)),
    ).toEqual([]);
  });
});

const writes = interfaceNames.filter((name) => interfaces[name].method !== 'GET' && name !== 'UPLOAD_IMAGE');

it.each(writes.flatMap((name) => errors[name].map((one) => [name, one.message, one] as const)))(
  "%s: '%s' is reported in our own words, by a rule of the input or its field",
  (_name, _message, documented) => {
    const found = userErrorOf(documented);
    expect(found).toBeDefined();
    expect(found?.message).not.toMatch(/^WeChat Pay (refused the request|knows no such object)/);
  },
);
