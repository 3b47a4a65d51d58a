import { interfaces, type InterfaceName } from '../../wechatpay/api/interfaces';
import type { UpstreamInterface } from '../../wechatpay/api/upstream-interface';
import type {
  ActivityPageKey,
  ActivityKey,
  TemplatePageKey,
  TemplateKey,
  UserCardPageKey,
  UserCardKey,
} from '../../wechatpay/api/refs';

/** Calls to one upstream interface that an operation could make, known before it runs. */
export interface PlannedCall<N extends InterfaceName = InterfaceName> {
  readonly interface: N;
  readonly brandId: string;
  /** Identifies the request. Two fields with the same identity share one call, as they do in the operation's loaders. */
  readonly identity: string;
  /** Maximum number of calls. 1, unless only a response shows how many objects there are. */
  readonly max: number;
  /**
   * True if the call is made whenever its response is not cached. Whether others are made depends on a response, e.g. a further
   * page or a card's template.
   */
  readonly certain: boolean;
  /** The lookup; absent for a write, and for objects whose keys come from a response. */
  readonly lookup?: Lookup;
}

export type Lookup = { readonly maxAgeMs?: number | undefined } & (
  | { readonly kind: 'cardTemplate'; readonly ref: TemplateKey }
  | { readonly kind: 'userCard'; readonly ref: UserCardKey }
  | { readonly kind: 'cardTemplates'; readonly ref: TemplatePageKey }
  | { readonly kind: 'userCards'; readonly ref: UserCardPageKey }
  | { readonly kind: 'membershipActivity'; readonly ref: ActivityKey }
  | { readonly kind: 'membershipActivities'; readonly ref: ActivityPageKey }
);

/** What is known of an object before anything is read. */
export interface PlannedObject {
  readonly kind:
    | 'Root'
    | 'Viewer'
    | 'Payload'
    | 'UserCardEvent'
    | 'Brand'
    | 'CardTemplate'
    | 'UserCard'
    | 'MembershipActivity';
  readonly brandId: string;
  /** True if the object is certain to exist. An object that comes from a response is not. */
  readonly certain: boolean;
  /**
   * The template of a card or an activity: its id, or the list whose response contains it, with the maximum number of cards in
   * that list.
   */
  readonly template?: { readonly cardId: string } | { readonly of: string; readonly max: number };
  /** The card that a mutation is about. */
  readonly card?: UserCardKey;
}

/** What one field calls upstream, and the objects on which its selection is evaluated. */
export interface FieldCost<N extends InterfaceName = InterfaceName> {
  readonly calls: readonly PlannedCall<N>[];
  readonly children: readonly PlannedObject[];
}

export const noCost: FieldCost<never> = { calls: [], children: [] };

const interfaceOf = {
  cardTemplate: 'GET_CARD_TEMPLATE',
  userCard: 'GET_USER_CARD',
  cardTemplates: 'LIST_CARD_TEMPLATES',
  userCards: 'LIST_USER_CARDS',
  membershipActivity: 'GET_MEMBERSHIP_ACTIVITY',
  membershipActivities: 'LIST_MEMBERSHIP_ACTIVITIES',
} as const satisfies Record<Lookup['kind'], InterfaceName>;

export type InterfaceOf<L extends Lookup> = (typeof interfaceOf)[L['kind']];

/** The interface with which the server looks up the outcome of a write. */
export type LookUpOf<N extends InterfaceName> = Extract<
  (typeof interfaces)[N],
  { lookUp: unknown }
>['lookUp'];

export const lookUpOf = <N extends InterfaceName>(name: N): LookUpOf<N> | undefined => {
  const { lookUp }: UpstreamInterface = interfaces[name];
  return lookUp as LookUpOf<N> | undefined;
};

/** Lists the members in a fixed order, because references are created in different places. */
const identityOf = ({ kind, ref, maxAgeMs }: Lookup): string => {
  const { brandId, cardId, openid, userCardCode, activityId, state, offset }: AnyKey = ref;
  return JSON.stringify([
    ...[kind, brandId, cardId, openid, userCardCode],
    ...[activityId, state, offset, maxAgeMs],
  ]);
};

type AnyKey = Readonly<
  Partial<Record<keyof UserCardKey | keyof UserCardPageKey | keyof ActivityKey, string | number | undefined>>
>;

export const read = <L extends Lookup>(lookup: L, certain: boolean): PlannedCall<InterfaceOf<L>> => ({
  interface: interfaceOf[lookup.kind as L['kind']],
  brandId: lookup.ref.brandId,
  identity: identityOf(lookup),
  max: 1,
  certain,
  lookup,
});
