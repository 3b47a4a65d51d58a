const camelCase = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

const camelCased = (value) => {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [camelCase(key), camelCased(member)]),
  );
};

/** Resolvers of contract.graphql over loaders in the context: `userCards`, `cardTemplates`, `brands`, `update`. */
export const resolvers = {
  Query: {
    userCard: async (_, { by: { key } }, { userCards }) => camelCased(await userCards.load({ ...key })),
    userCards: (_, { by }, { userCards }) =>
      by.map(async ({ key }) => camelCased(await userCards.load({ ...key }))),
  },
  Mutation: {
    updateUserCard: async (_, { input: { userCard, ...change } }, { update }) => ({
      userCard: camelCased(await update({ ...userCard.key, ...change })),
    }),
  },
  UserCard: {
    brand: ({ brandId }, _, { brands }) => brands.get(brandId),
    cardTemplate: async ({ brandId, cardId }, _, { cardTemplates }) =>
      camelCased(await cardTemplates.load({ brandId, cardId })),
  },
};
