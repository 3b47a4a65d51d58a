import type { Member } from '../harness/members';
import type { Operation } from '../measure/operation';

type Asked = Pick<Operation, 'group' | 'query' | 'variables' | 'expect'>;

const keyOf = ({ brandId, cardId, openid, userCardCode }: Member) => ({
  brandId,
  cardId,
  openid,
  userCardCode,
});

const storefrontCard = `query Card($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) {
  cards: userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }) {
    userCardCode level cardColor cardPictureUrl userCardState pickupTime
    validDateInformation { type availableBeginTime availableEndTime availableDayAfterReceive }
    brand { name }
    cardTemplate { cardTitle cardColor benefits }
  }
}`;

/** A member looks at the card: one card, its template and its brand. */
export const readCard = (member: Member, group = member.brandId): Asked => ({
  group,
  query: storefrontCard,
  variables: keyOf(member),
  expect: [member],
});

const plainCard = `query PlainCard($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) {
  cards: userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }) {
    userCardCode level cardId openid cardType cardColor cardPictureUrl attach pickupTime userCardState createTime modifyTime
    validDateInformation { type }
  }
}`;

/** One card and nothing else: 14 fields, one object upstream. */
export const readPlainCard = (member: Member): Asked => ({
  group: member.brandId,
  query: plainCard,
  variables: keyOf(member),
  expect: [member],
});

const adminList = `query AdminList($keys: [UserCardRef!]!) {
  cards: userCards(by: $keys) {
    userCardCode level openid cardColor userCardState pickupTime attach modifyTime
  }
}`;

/** A clerk lists cards: 8 fields of each. */
export const listCards = (members: readonly Member[]): Asked => ({
  group: 'list',
  query: adminList,
  variables: { keys: members.map((member) => ({ key: keyOf(member) })) },
  expect: members,
});

const update = `mutation Level($input: UpdateUserCardInput!) {
  cards: updateUserCard(input: $input) { userCard { userCardCode level } }
}`;

/** A member reaches another level. */
export const writeLevel = (member: Member, level: string): Asked => ({
  group: 'write',
  query: update,
  variables: { input: { userCard: { key: keyOf(member) }, level } },
  expect: [{ ...member, level }],
});
