import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { guardRootFields } from '../execution/access-guard';
import { BrandResolver } from '../types/brand/brand.resolver';
import { CardTemplateMutations } from '../types/card-template/card-template.mutations';
import { CardTemplateResolver } from '../types/card-template/card-template.resolver';
import { Brand } from '../types/brand/brand.type';
import { CardTemplate } from '../types/card-template/card-template.type';
import { MemberServiceMutations } from '../types/member-service/member-service.mutations';
import { MembershipActivityMutations } from '../types/membership-activity/membership-activity.mutations';
import {
  BrandActivitiesResolver,
  MembershipActivityResolver,
} from '../types/membership-activity/membership-activity.resolver';
import { MembershipActivity } from '../types/membership-activity/membership-activity.type';
import { NodeResolver } from '../types/node.resolver';
import { UserCardEventResolver } from '../types/user-card-event/user-card-event.resolver';
import { UserCardMutations } from '../types/user-card/user-card.mutations';
import { UserCardResolver } from '../types/user-card/user-card.resolver';
import { UserCard } from '../types/user-card/user-card.type';

/** The schema that the server answers and `schema/schema.graphql` prints. */
export const createSchema = (): GraphQLSchema =>
  guardRootFields(
    buildSchemaSync({
      resolvers: [
        NodeResolver,
        BrandResolver,
        CardTemplateResolver,
        CardTemplateMutations,
        UserCardResolver,
        UserCardMutations,
        UserCardEventResolver,
        MemberServiceMutations,
        MembershipActivityResolver,
        BrandActivitiesResolver,
        MembershipActivityMutations,
      ],
      orphanedTypes: [Brand, CardTemplate, MembershipActivity, UserCard],
      // Inputs are checked by mutate(), whose result is part of the answer; type-graphql's own check would echo the input.
      validate: false,
      pubSub: none,
    }),
  );

/** type-graphql asks for one although every subscription here brings its own source; this one holds and passes on nothing. */
const none: PubSub = {
  publish() {
    throw new Error('subscriptions are fed by the event log');
  },
  subscribe() {
    throw new Error('subscriptions are fed by the event log');
  },
};
