import type { NodeIds, NodeRef } from '../relay/node-id';

/** A type of which a caller can name an object. A brand is named by its `brandId` alone. */
export type NamedKind = Exclude<NodeRef['kind'], 'Brand'>;

/** WeChat Pay's keys of an object. */
export type KeyOf<K extends NamedKind> = K extends NamedKind
  ? Omit<Extract<NodeRef, { kind: K }>, 'kind'>
  : never;

/** How a caller names an object: by its global id or by its keys. Exactly one is given (`@oneOf`). */
export interface ObjectRef<K extends NamedKind> {
  readonly id?: string | null;
  readonly key?: KeyOf<K> | null;
}

/** Returns `undefined` if the id cannot be read or belongs to an object of another type. */
export const keyOf = <K extends NamedKind>(
  kind: K,
  { id, key }: ObjectRef<K>,
  nodeIds: NodeIds,
): KeyOf<K> | undefined => {
  if (key !== undefined && key !== null) return key;
  const ref = nodeIds.decode(id ?? '');
  if (ref?.kind !== kind) return undefined;
  const { kind: _, ...decoded } = ref;
  return decoded as unknown as KeyOf<K>;
};

const templateKeys = ['brandId', 'cardId'];

/** The fields of inputs that name an object, and the keys that WeChat Pay gets in their place. */
const references: Readonly<Record<string, { readonly kind: NamedKind; readonly keys: readonly string[] }>> = {
  userCard: { kind: 'UserCard', keys: [...templateKeys, 'openid', 'userCardCode'] },
  cardTemplate: { kind: 'CardTemplate', keys: templateKeys },
  bulkOperation: { kind: 'BulkOperation', keys: ['brandId', 'operationId'] },
  membershipActivity: { kind: 'MembershipActivity', keys: ['brandId', 'activityId'] },
};

export const isReference = (field: string): boolean => Object.hasOwn(references, field);

/** The input's fields, with the keys of an object in place of the reference to it. An id that names nothing has no keys. */
export const withKeys = (input: object, nodeIds: NodeIds): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(input).flatMap(([field, value]: [string, unknown]) => {
      const kind = references[field]?.kind;
      return kind === undefined
        ? [[field, value] as const]
        : Object.entries(keyOf(kind, value as ObjectRef<typeof kind>, nodeIds) ?? {});
    }),
  );

/** The keys that the references of an input stand for. */
export const keysIn = (input: object): readonly string[] =>
  Object.keys(input).flatMap((field) => references[field]?.keys ?? []);

/**
 * The path of a field inside the input. A key is inside the reference: `userCard.key.openid`, or `userCard.id` if the caller
 * gave the id.
 */
export const pathInInput = (field: string, input: object): readonly string[] => {
  for (const [name, ref] of Object.entries(input) as [string, unknown][])
    if (references[name]?.keys.includes(field) === true)
      return (ref as ObjectRef<NamedKind>).id == null ? [name, 'key', field] : [name, 'id'];
  return [field];
};
