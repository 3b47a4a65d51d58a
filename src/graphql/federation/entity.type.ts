import { createUnionType } from 'type-graphql';
import type { NodeSource } from '../relay/node.type';
import { Brand } from '../types/brand/brand.type';
import { CardTemplate } from '../types/card-template/card-template.type';
import { MembershipActivity } from '../types/membership-activity/membership-activity.type';
import { UserCard } from '../types/user-card/user-card.type';

/** Every type that implements `Node`. */
export const Entity = createUnionType({
  name: '_Entity',
  description: 'The types to which other subgraphs can refer. Federation 2.',
  types: () => [Brand, CardTemplate, MembershipActivity, UserCard] as const,
  resolveType: (source) => (source as unknown as NodeSource).kind,
});
