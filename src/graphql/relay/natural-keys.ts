import type { NodeRef } from './node-id';

type KeyFields = {
  readonly [K in NodeRef['kind']]: readonly Exclude<keyof Extract<NodeRef, { kind: K }>, 'kind'>[];
};

/** The fields that name an object at WeChat Pay, for each type that implements `Node`. */
export const naturalKeys = {
  Brand: ['brandId'],
  CardTemplate: ['brandId', 'cardId'],
  MembershipActivity: ['brandId', 'activityId'],
  UserCard: ['brandId', 'cardId', 'openid', 'userCardCode'],
} as const satisfies KeyFields;

export const isNodeKind = (name: unknown): name is NodeRef['kind'] =>
  typeof name === 'string' && Object.hasOwn(naturalKeys, name);
