import { hrefOf } from './route';

/** Which member is looked for. */
export interface Search {
  readonly by: 'openid' | 'code' | 'phone';
  readonly value: string;
}

let pending: Search | undefined;

/** Opens the page of members with a search. In memory, because an address must not name a member. */
export const openMember = (search: Search): void => {
  pending = search;
  location.hash = hrefOf('members');
};

/** The search with which the page was opened, once. */
export const takeHandedOver = (): Search | undefined => {
  const taken = pending;
  pending = undefined;
  return taken;
};
