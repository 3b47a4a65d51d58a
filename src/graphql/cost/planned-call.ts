import type { InterfaceName } from '../../wechatpay/interfaces';
import type {
  ActivityPageRef,
  ActivityRef,
  TemplatePageRef,
  TemplateRef,
  UserCardPageRef,
  UserCardRef,
} from '../../wechatpay/refs';

/** Calls to one upstream interface that an operation could make, known before it runs. */
export interface PlannedCall {
  readonly interface: InterfaceName;
  readonly brandId: string;
  /** Names what is asked: two fields that ask the same share one call, as the operation's loaders do. */
  readonly identity: string;
  /** At most so many; 1 unless only an answer can tell how many objects there are. */
  readonly most: number;
  /** Made unless its answer is kept. Of others an answer tells whether they are made: a further page, a card's template. */
  readonly certain: boolean;
  /** What would be looked up; absent for a write, and for objects whose keys only an answer tells. */
  readonly lookup?: Lookup;
}

export type Lookup = { readonly maxAgeMs?: number | undefined } & (
  | { readonly kind: 'cardTemplate'; readonly ref: TemplateRef }
  | { readonly kind: 'userCard'; readonly ref: UserCardRef }
  | { readonly kind: 'cardTemplates'; readonly ref: TemplatePageRef }
  | { readonly kind: 'userCards'; readonly ref: UserCardPageRef }
  | { readonly kind: 'membershipActivity'; readonly ref: ActivityRef }
  | { readonly kind: 'membershipActivities'; readonly ref: ActivityPageRef }
);

/** An object as far as it is known before anything is read. */
export interface Foreseen {
  readonly kind: 'Root' | 'Brand' | 'CardTemplate' | 'UserCard' | 'MembershipActivity';
  readonly brandId: string;
  /** Whether it is certain to be there to be asked; what only an answer can bring is not. */
  readonly certain: boolean;
  /** The template of a card or an activity: its id, or the list whose answer will tell it, with the most cards that the list can have. */
  readonly template?: { readonly cardId: string } | { readonly of: string; readonly most: number };
}

/** What one field does upstream, and the objects that its selection is then asked of. */
export interface Step {
  readonly calls: readonly PlannedCall[];
  readonly below: readonly Foreseen[];
}

export const nothing: Step = { calls: [], below: [] };

const interfaceOf = {
  cardTemplate: 'GET_CARD_TEMPLATE',
  userCard: 'GET_USER_CARD',
  cardTemplates: 'LIST_CARD_TEMPLATES',
  userCards: 'LIST_USER_CARDS',
  membershipActivity: 'GET_MEMBERSHIP_ACTIVITY',
  membershipActivities: 'LIST_MEMBERSHIP_ACTIVITIES',
} as const satisfies Record<Lookup['kind'], InterfaceName>;

/** Member by member, since references are made in more than one place and order. */
const identityOf = ({ kind, ref, maxAgeMs }: Lookup): string => {
  const { brandId, cardId, openid, userCardCode, activityId, state, offset }: AnyRef = ref;
  return JSON.stringify([
    ...[kind, brandId, cardId, openid, userCardCode],
    ...[activityId, state, offset, maxAgeMs],
  ]);
};

type AnyRef = Readonly<
  Partial<Record<keyof UserCardRef | keyof UserCardPageRef | keyof ActivityRef, string | number | undefined>>
>;

export const read = (lookup: Lookup, certain: boolean): PlannedCall => ({
  interface: interfaceOf[lookup.kind],
  brandId: lookup.ref.brandId,
  identity: identityOf(lookup),
  most: 1,
  certain,
  lookup,
});
