/**
 * Whose data a call reads or changes. `brand`: the brand's own, for its staff. `everyone`: what the brand shows to every member,
 * such as the template of a card. Otherwise the data of one user, named by the openid.
 */
export type DataOwner = 'brand' | 'everyone' | { readonly user: string };
