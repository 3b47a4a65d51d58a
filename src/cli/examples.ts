import type { Example } from '../sandbox/seed';
import type { ExampleOperation } from '../server/explorer/explorer';

/** The example operations of the explorer: one read, one list, one write, each ready to run. */
export const exampleOperations = ({
  brandId,
  cardId,
  openid,
  userCardCode,
}: Example): readonly ExampleOperation[] => [
  {
    name: 'MemberCard',
    query: `# One member card, with its template and brand: at most two signed upstream calls.
query MemberCard($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) {
  userCard(brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode) {
    userCardCode
    level
    phoneNumberMasked
    userCardState
    cardTemplate { cardTitle benefits }
    brand { name }
    fetchedAt
    stale
  }
}`,
    variables: { brandId, cardId, openid, userCardCode },
  },
  {
    name: 'Brands',
    query: `# Every brand with its templates and its call budget.
query Brands {
  brands {
    nodes {
      brandId
      name
      cardTemplates { totalCount nodes { cardId cardTitle validDateInformation { type } } }
      throttle { interface limitPerSecond available }
    }
  }
}`,
    variables: {},
  },
  {
    name: 'PromoteMember',
    query: `# Raises a member's level. Broken rules come back in userErrors; nothing is sent then.
mutation PromoteMember($input: UpdateUserCardInput!) {
  updateUserCard(input: $input) {
    userCard { userCardCode level modifyTime }
    userErrors { field code message }
  }
}`,
    variables: { input: { brandId, cardId, openid, userCardCode, level: '钻石会员' } },
  },
];
