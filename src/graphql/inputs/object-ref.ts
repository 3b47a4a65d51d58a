import { naturalKeys } from '../relay/natural-keys';
import type { NodeIds, NodeRef } from '../relay/node-id';

type Kind = NodeRef['kind'];

/** A type of which an input can name an object. A brand is named by its `brandId` alone. */
export type NamedKind = Exclude<Kind, 'Brand'>;

/** WeChat Pay's keys of an object. */
export type KeyOf<K extends Kind> = K extends Kind ? Omit<Extract<NodeRef, { kind: K }>, 'kind'> : never;

/** How a caller names an object: by its global id or by its keys. Exactly one is given (`@oneOf`). */
export interface ObjectRef<K extends Kind> {
  readonly id?: string | null;
  readonly key?: KeyOf<K> | null;
}

/** Returns `undefined` if the id cannot be read or belongs to an object of another type. */
export const keyOf = <K extends Kind>(
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

/** The fields of inputs that name an object. WeChat Pay gets its keys in their place. */
const references: Readonly<Record<string, NamedKind>> = {
  userCard: 'UserCard',
  cardTemplate: 'CardTemplate',
  membershipActivity: 'MembershipActivity',
};

const keysOf = (field: string): readonly string[] => {
  const kind = references[field];
  return kind === undefined ? [] : naturalKeys[kind];
};

export const isReference = (field: string): boolean => Object.hasOwn(references, field);

/** The input's fields, with the keys of an object in place of the reference to it. An id that names nothing has no keys. */
export const withKeys = (input: object, nodeIds: NodeIds): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(input).flatMap(([field, value]: [string, unknown]) => {
      const kind = references[field];
      return kind === undefined
        ? [[field, value] as const]
        : Object.entries(keyOf(kind, value as ObjectRef<typeof kind>, nodeIds) ?? {});
    }),
  );

/** The keys that the references of an input stand for. */
export const keysIn = (input: object): readonly string[] => Object.keys(input).flatMap(keysOf);

/**
 * The path of a field inside the input. A key is inside the reference: `userCard.key.openid`, or `userCard.id` if the caller
 * gave the id.
 */
export const pathInInput = (field: string, input: object): readonly string[] => {
  for (const [name, ref] of Object.entries(input) as [string, unknown][])
    if (keysOf(name).includes(field))
      return (ref as ObjectRef<NamedKind>).id == null ? [name, 'key', field] : [name, 'id'];
  return [field];
};
