import { buildSchema, type GraphQLInputObjectType, type GraphQLObjectType } from 'graphql';
import { servedSchema, describedSchema } from '../../../src/graphql/schema/schema';
import { describeSchema } from '../../../src/graphql/descriptions/describe-schema';
import { lengths } from '../../../src/documents/common-fields';
import { argumentRules } from '../../../src/graphql/inputs/arguments';

const schema = servedSchema();
const inputField = (type: string, field: string): string =>
  (schema.getType(type) as GraphQLInputObjectType).getFields()[field]?.description ?? '';
const field = (type: string, name: string) => (schema.getType(type) as GraphQLObjectType).getFields()[name];

it('describes every element of the schema, and every row of the tables describes one', () => {
  expect(describedSchema().problems).toEqual([]);
});

it('names an element that no table knows, and a row that no element uses', () => {
  const { problems } = describeSchema(
    buildSchema(
      'type Query { unheardOf(strange: Int): Odd brandId: ID "English only." english: ID } enum Odd { STRANGE }',
    ),
  );
  expect(problems).toEqual(
    expect.arrayContaining([
      'Query.unheardOf has no description: add it to src/graphql/descriptions.',
      'Query.unheardOf(strange) has no description: add it to src/graphql/descriptions.',
      'Odd has no description: add it to src/graphql/descriptions.',
      'Odd.STRANGE has no description: add it to src/graphql/descriptions.',
      'The row cardId of src/graphql/descriptions/members.ts describes nothing: remove it.',
      'The row BRAND of src/graphql/descriptions/enum-values.ts describes nothing: remove it.',
      'Query.english has no Chinese: add it to src/graphql/descriptions/chinese*.ts.',
      'The row (after) of src/graphql/descriptions/chinese.ts describes nothing: remove it.',
    ]),
  );
  expect(problems.filter((problem) => /Query\.brandId|row brandId/.test(problem))).toEqual([]);
});

it("says what a member means, in Chinese too, and WeChat Pay's own name", () => {
  expect(field('CardTemplate', 'cardId')?.description).toBe(
    "Id of the card template. WeChat Pay assigns it. 会员卡模板 ID。 WeChat Pay's card_id.",
  );
});

it('keeps a description that stands in the code', () => {
  expect(field('Brand', 'name')?.description).toMatch(/^Display name from the configuration\./);
});

it('says the rules of an input field as the checks have them', () => {
  expect(inputField('UpdateUserCardInput', 'level')).toContain(
    `must have at most ${lengths.level} characters`,
  );
  expect(inputField('ConfirmPointExchangeCouponInput', 'rejectReason')).toMatch(
    /is needed for (POINT_EXCHANGE_COUPON_)?REJECT/,
  );
});

it('says the rule of an argument as its check reports it', () => {
  const first = field('Query', 'brands')?.args.find(({ name }) => name === 'first');
  expect(first?.description).toBe(`Length of the page. 本页的最大项数。 Rule: ${argumentRules.first[0]}.`);
});

it('names the document that an input stands in', () => {
  expect(schema.getType('UpdateUserCardInput')?.description).toMatch(
    /^The input of the mutation updateUserCard\. WeChat Pay's document: 修改用户会员卡信息 \(partner 4015336985, /,
  );
});

it('says that WeChat Pay cannot be asked for points', () => {
  expect(schema.description).toContain('Points are sent to WeChat Pay but cannot be read');
  expect(field('UserPoints', 'pointBalance')?.description).toContain('has no interface to read them');
});
