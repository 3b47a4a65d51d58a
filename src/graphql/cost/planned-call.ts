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
  /** Names what is asked: two fields that ask the same share one call, as the operation's loaders do. */
  readonly identity: string;
  /** At most so many; 1 unless only an answer can tell how many objects there are. */
  readonly max: number;
  /** Made unless its answer is kept. Of others an answer tells whether they are made: a further page, a card's template. */
  readonly certain: boolean;
  /** What would be looked up; absent for a write, and for objects whose keys only an answer tells. */
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

/** An object as far as it is known before anything is read. */
export interface PlannedObject {
  readonly kind:
    'Root' | 'Payload' | 'UserCardEvent' | 'Brand' | 'CardTemplate' | 'UserCard' | 'MembershipActivity';
  readonly brandId: string;
  /** Whether it is certain to be there to be asked; what only an answer can bring is not. */
  readonly certain: boolean;
  /** The template of a card or an activity: its id, or the list whose answer will tell it, with the most cards that the list can have. */
  readonly template?: { readonly cardId: string } | { readonly of: string; readonly max: number };
}

/** What one field does upstream, and the objects that its selection is then asked of. */
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

/** The interface by which the server looks up what became of a write. */
export type LookUpOf<N extends InterfaceName> = Extract<
  (typeof interfaces)[N],
  { lookUp: unknown }
>['lookUp'];

export const lookUpOf = <N extends InterfaceName>(name: N): LookUpOf<N> | undefined => {
  const { lookUp }: UpstreamInterface = interfaces[name];
  return lookUp as LookUpOf<N> | undefined;
};

/** Member by member, since references are made in more than one place and order. */
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
