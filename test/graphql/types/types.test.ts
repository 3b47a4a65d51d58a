import { printType, type GraphQLSchema } from 'graphql';
import { servedSchema } from '../../../src/graphql/schema/schema';

const schema: GraphQLSchema = servedSchema();
const printed = (name: string): string => {
  const type = schema.getType(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  // Descriptions may change; clients rely on names and nullability.
  return printType(type)
    .replace(/"""[\s\S]*?"""\n\s*/g, '')
    .replace(/\s+/g, ' ');
};

describe('the types keep names and nullability', () => {
  test.each([
    'interface Node { id: ID! }',
    'type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }',
    'type BrandEdge { cursor: String! node: Brand! }',
    'type UserCardConnection { edges: [UserCardEdge!]! nodes: [UserCard]! pageInfo: PageInfo! totalCount: Int! }',
    'type ThrottleStatus { interface: UpstreamInterface! limitPerSecond: Float! available: Int! queueDepth: Int! waitMs: Int! }',
    'type MiniProgramJump { jumpAppid: String jumpPath: String }',
    'type PurchaseInformation { price: Int jumpAppid: String jumpPath: String }',
    'type UserCardEdge { cursor: String! node: UserCard }',
    'type BrandConnection { edges: [BrandEdge!]! nodes: [Brand!]! pageInfo: PageInfo! totalCount: Int! }',
    'interface Validity { type: DateTypeOrUnknown typeRaw: String availableBeginTime: DateTime availableEndTime: DateTime availableDayAfterReceive: Int }',
    'type FixTermValidity implements Validity { type: DateTypeOrUnknown typeRaw: String availableBeginTime: DateTime availableEndTime: DateTime availableDayAfterReceive: Int days: Int! }',
    'type FixTimeRangeValidity implements Validity { type: DateTypeOrUnknown typeRaw: String availableBeginTime: DateTime availableEndTime: DateTime availableDayAfterReceive: Int begin: DateTime! end: DateTime! }',
    'type UserInformationForm { commonFieldList: [CommonFieldFlagOrUnknown!] commonFieldListRaw: [String!] customFieldList: [CustomFieldForm!] }',
    'type CustomFieldForm { type: CustomFieldTypeOrUnknown typeRaw: String name: String values: [String!] }',
    'type UserInformation { commonFieldList: [CommonField!] customFieldList: [CustomField!] }',
    'type CommonField { name: CommonFieldFlagOrUnknown nameRaw: String value: String }',
    'type CustomField { name: String userChosenValues: [String] }',
    'interface UserError { field: [String!] message: String! wechatCode: String requestId: String wechatMessage: String }',
    'type UpdateUserCardUserError implements UserError { field: [String!] message: String! wechatCode: String requestId: String wechatMessage: String code: UpdateUserCardUserErrorCode! }',
    'type CreateCardTemplatePayload { cardTemplate: CardTemplate userErrors: [CreateCardTemplateUserError!]! }',
    'type ImportUserCardByPhonePayload { userCard: UserCard openid: ID outcome: ImportOutcome userErrors: [ImportUserCardByPhoneUserError!]! }',
    'type UpdateUserCardPayload { userCard: UserCard userErrors: [UpdateUserCardUserError!]! }',
    'input UserCardKey { brandId: ID! cardId: ID! openid: ID! userCardCode: ID! }',
    'input MiniProgramJumpInput { jumpAppid: String jumpPath: String }',
    'input PurchaseInformationInput { price: Int jumpAppid: String jumpPath: String }',
    'input ValidityInput @oneOf { permanent: Permanent fixTerm: FixTermInput fixTimeRange: FixTimeRangeInput }',
    'input FixTermInput { availableDayAfterReceive: Int! }',
    'input FixTimeRangeInput { availableBeginTime: DateTime! availableEndTime: DateTime! }',
    'input CustomFieldFormInput { type: CustomFieldType name: String values: [String!] }',
    'input UserInformationFormInput { commonFieldList: [CommonFieldFlag!] customFieldList: [CustomFieldFormInput!] }',
    'input CommonFieldInput { name: CommonFieldFlag value: String }',
    'input CustomFieldInput { name: String userChosenValues: [String!] }',
    'input UserInformationInput { commonFieldList: [CommonFieldInput!] customFieldList: [CustomFieldInput!] }',
    'enum UserCardState { UNACTIVATED EFFECTIVE EXPIRED INVALID }',
    'enum UserCardStateOrUnknown { UNACTIVATED EFFECTIVE EXPIRED INVALID UNKNOWN }',
    'enum CodeType { NONE_CODE BAR_CODE QR_CODE BAR_CODE_AND_QR_CODE JUMP_MINI_PROGRAM }',
    'enum DateTypeOrUnknown { FIX_TIME_RANGE FIX_TERM PERMANENT UNKNOWN }',
    'enum CommonFieldFlag { SEX NAME BIRTHDAY ADDRESS EMAIL CITY }',
    'enum MembershipActivityChannel { MERCHANT_APP_COMPONENT }',
    'enum CardState { EFFECTIVE INVALID }',
    'interface Fetched { fetchedAt: DateTime! stale: Boolean! }',
  ])('%s', (definition) => {
    const [, name = ''] = definition.split(' ');
    expect(printed(name)).toBe(definition);
  });
});
