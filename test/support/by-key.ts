interface TemplateKey {
  readonly brandId: string;
  readonly cardId: string;
}
interface CardKey extends TemplateKey {
  readonly openid: string;
  readonly userCardCode: string;
}
interface ActivityKey {
  readonly brandId: string;
  readonly activityId: string;
}

/** The input of a mutation that names a card by its keys, from a flat one. */
export const ofUserCard = <T extends CardKey>({ brandId, cardId, openid, userCardCode, ...others }: T) => ({
  userCard: { key: { brandId, cardId, openid, userCardCode } },
  ...others,
});

/** The same for a template. */
export const ofTemplate = <T extends TemplateKey>({ brandId, cardId, ...others }: T) => ({
  cardTemplate: { key: { brandId, cardId } },
  ...others,
});

/** The same for an activity. */
export const ofActivity = <T extends ActivityKey>({ brandId, activityId, ...others }: T) => ({
  membershipActivity: { key: { brandId, activityId } },
  ...others,
});

const withTemplate =
  /\b(?:importUserCardBy\w+|create(?:PreAuthToken|MembershipActivity)|(?:update|invalidate)CardTemplate)\b/;
const withCard =
  /\b(?:(?:update|confirm|invalidate)UserCard|createUserFeed|syncUserPoints|confirmPointExchangeCoupon)\b/;
const withActivity = /\b(?:update|terminate)MembershipActivity\b/;

/** The input of the mutation that a text names, from a flat one. */
export const inputOf = (mutation: string, flat: object): object => {
  if (withTemplate.test(mutation)) return ofTemplate(flat as TemplateKey);
  if (withCard.test(mutation)) return ofUserCard(flat as CardKey);
  return withActivity.test(mutation) ? ofActivity(flat as ActivityKey) : flat;
};
