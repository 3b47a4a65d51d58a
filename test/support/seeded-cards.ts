/** The key of a card of the sandbox's brand 1001622624 (brand route, 5 calls a second): one of each member. */
export const seededCardKey = (member: number) => ({
  brandId: '1001622624',
  cardId: `p1001622624Seed-Template-${member % 3}`,
  openid: `o1001622624-member-${String(member).padStart(5, '0')}`,
  userCardCode: `471${100_000_000 + member * 7919}`,
});

export const seededCardKeys = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => seededCardKey(from + index));
