import { refOf } from '../../../src/graphql/federation/representation';
import { createNodeIds, type NodeRef } from '../../../src/graphql/relay/node-id';
import { AppError } from '../../../src/shared/errors';
import { namedKey } from '../../support/key-ring';
import { thrownBy } from '../../support/thrown-by';

const nodeIds = createNodeIds(namedKey('k').key);
const brands = { get: (id: string) => (id === '1' ? {} : undefined) };
const read = (representation: unknown) => refOf(representation, { nodeIds, brands });

const card = { brandId: '1', cardId: 't', openid: 'o-secret', userCardCode: 'c-secret' };
const refs: readonly NodeRef[] = [
  { kind: 'Brand', brandId: '1' },
  { kind: 'CardTemplate', brandId: '1', cardId: 't' },
  { kind: 'MembershipActivity', brandId: '1', activityId: '7' },
  { kind: 'UserCard', ...card },
];

describe('a representation', () => {
  it.each(refs.map((ref) => [ref.kind, ref] as const))('of a %s is read by id and by its keys', (_, ref) => {
    const { kind: __typename, ...key } = ref;
    expect(read({ __typename, ...key })).toEqual(ref);
    expect(read({ __typename, id: nodeIds.encode(ref) })).toEqual(ref);
    // Null is absent, and what the type does not need is ignored.
    expect(read({ __typename, ...key, id: null, level: '金卡' })).toEqual(ref);
    expect(read({ __typename, brandId: null, id: nodeIds.encode(ref) })).toEqual(ref);
  });

  it.each(refs.map((ref) => [ref.kind, ref] as const))(
    'of a %s of a brand that the caller may not read names nothing by its keys',
    (_, { kind: __typename, ...key }) => {
      expect(read({ __typename, ...key, brandId: '2' })).toBeUndefined();
    },
  );

  it.each<[string, unknown, string, string]>([
    ['is no object', 'o-secret', 'A representation must be an object.', '实体须为对象。'],
    ['is null', null, 'A representation must be an object.', '实体须为对象。'],
    ['is a list', [card], 'A representation must be an object.', '实体须为对象。'],
    [
      'has no type',
      card,
      '__typename must be one of Brand, CardTemplate, MembershipActivity, UserCard.',
      '__typename 须为 Brand、CardTemplate、MembershipActivity、UserCard 之一。',
    ],
    [
      'has a type that is no entity',
      { ...card, __typename: 'Viewer' },
      '__typename must be one of Brand, CardTemplate, MembershipActivity, UserCard.',
      '__typename 须为 Brand、CardTemplate、MembershipActivity、UserCard 之一。',
    ],
    [
      'has the name of a method as its type',
      { ...card, __typename: 'toString' },
      '__typename must be one of Brand, CardTemplate, MembershipActivity, UserCard.',
      '__typename 须为 Brand、CardTemplate、MembershipActivity、UserCard 之一。',
    ],
    [
      'has a number as its type',
      { __typename: 7 },
      '__typename must be a string.',
      '__typename 须为字符串。',
    ],
    [
      'lacks keys',
      { __typename: 'UserCard', brandId: '1', openid: 'o-secret', cardId: null },
      'UserCard needs id, or else brandId, cardId, openid, userCardCode; missing: cardId, userCardCode.',
      'UserCard 须填写 id，或填写 brandId、cardId、openid、userCardCode；缺少 cardId、userCardCode。',
    ],
    [
      'lacks the only key',
      { __typename: 'Brand' },
      'Brand needs id, or else brandId; missing: brandId.',
      'Brand 须填写 id，或填写 brandId；缺少 brandId。',
    ],
    [
      'has a number that JSON.parse has rounded',
      { __typename: 'UserCard', ...card, userCardCode: JSON.parse('6901234567890123457') as unknown },
      'userCardCode must be a string.',
      'userCardCode 须为字符串。',
    ],
    ['has an object as its id', { __typename: 'Brand', id: {} }, 'id must be a string.', 'id 须为字符串。'],
    [
      'has a key that would change the path of the call',
      { __typename: 'UserCard', ...card, openid: '../o-secret' },
      'openid must have 1 to 128 letters, digits, - or _.',
      'openid 须为 1 至 128 位字母、数字、- 或 _。',
    ],
  ])('that %s is refused, and its values are not repeated', (_, representation, en, zh) => {
    const error = thrownBy(() => read(representation));
    expect([
      error instanceof AppError && error.code,
      error instanceof AppError && error.publicMessage,
    ]).toEqual(['BAD_USER_INPUT', [en, zh]]);
    expect(String(error)).not.toContain('secret');
  });

  it.each<[string, string]>([
    ['that cannot be read', 'o-secret'],
    ['of another type', nodeIds.encode({ kind: 'UserCard', ...card })],
    ['of a brand that the caller may not read', nodeIds.encode({ kind: 'Brand', brandId: '2' })],
  ])('with an id %s is refused alike', (_, id) => {
    const error = thrownBy(() => read({ __typename: 'Brand', id }));
    expect([
      error instanceof AppError && error.code,
      error instanceof AppError && error.publicMessage,
    ]).toEqual([
      'NOT_FOUND',
      ['id names no Brand in a brand that you may read.', 'id 不是您可读取的品牌下 Brand 的 id。'],
    ]);
  });
});
