import 'reflect-metadata';
import { specifiedDirectives, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { describeSchema, type Description } from '../descriptions/describe-schema';
import { guardFields } from '../execution/access-guard';
import { FederationResolver } from '../federation/federation.resolver';
import { withErrorCodes } from '../refusals/error-codes';
import { AuditResolver } from '../types/audit/audit.resolver';
import { BrandResolver } from '../types/brand/brand.resolver';
import { BudgetUseResolver } from '../types/budget-use/budget-use.resolver';
import { BrandBulkOperationsResolver } from '../types/bulk-operation/brand-bulk-operations.resolver';
import { BulkOperationMutations } from '../types/bulk-operation/bulk-operation.mutations';
import { BulkOperationSubscriptions } from '../types/bulk-operation/bulk-operation.subscriptions';
import { BulkOperationResolver } from '../types/bulk-operation/bulk-operation.resolver';
import { BulkOperation } from '../types/bulk-operation/bulk-operation.type';
import { CardTemplateMutations } from '../types/card-template/card-template.mutations';
import { CardTemplateResolver } from '../types/card-template/card-template.resolver';
import { Brand } from '../types/brand/brand.type';
import { CardTemplate } from '../types/card-template/card-template.type';
import {
  BrandDirectoryResolver,
  KnownUserCardConnectionResolver,
} from '../types/members-directory/brand-directory.resolver';
import { ForgetMemberMutations } from '../types/members-directory/forget-member.mutations';
import { MemberServiceMutations } from '../types/member-service/member-service.mutations';
import { MembershipActivityMutations } from '../types/membership-activity/membership-activity.mutations';
import {
  BrandActivitiesResolver,
  TemplateActivitiesResolver,
  MembershipActivityResolver,
} from '../types/membership-activity/membership-activity.resolver';
import { MembershipActivity } from '../types/membership-activity/membership-activity.type';
import { NodeResolver } from '../types/node.resolver';
import { ServerHealthResolver } from '../types/server-health/server-health.resolver';
import { BrandEventsResolver } from '../types/user-card-event/brand-events.resolver';
import { UserCardEventResolver } from '../types/user-card-event/user-card-event.resolver';
import { UserCardMutations } from '../types/user-card/user-card.mutations';
import { UserCardResolver } from '../types/user-card/user-card.resolver';
import { UserCard } from '../types/user-card/user-card.type';
import { ViewerResolver } from '../types/viewer/viewer.resolver';
import { WebhookDeliveryResolver } from '../types/webhook-delivery/webhook-delivery.resolver';
import { applyOneOf } from './one-of';
import { SemanticNonNullDirective } from './semantic-non-null';
import { serveSubgraphSdl } from './subgraph-sdl';

/** The schema that the server executes and `schema/schema.graphql` prints: built on first use, then always the same object. */
export const servedSchema = (): GraphQLSchema => (served ??= describedSchema().schema);
let served: GraphQLSchema | undefined;

/** The same, built anew, and what its descriptions lack. */
export const describedSchema = (): Description => describeSchema(bareSchema());

/** The schema with the descriptions that its code has. */
const bareSchema = (): GraphQLSchema =>
  withErrorCodes(
    guardFields(
      serveSubgraphSdl(
        applyOneOf(
          buildSchemaSync({
            resolvers: [
              NodeResolver,
              BrandResolver,
              CardTemplateResolver,
              CardTemplateMutations,
              UserCardResolver,
              UserCardMutations,
              UserCardEventResolver,
              BrandEventsResolver,
              BrandDirectoryResolver,
              KnownUserCardConnectionResolver,
              ForgetMemberMutations,
              MemberServiceMutations,
              MembershipActivityResolver,
              BrandActivitiesResolver,
              TemplateActivitiesResolver,
              MembershipActivityMutations,
              BudgetUseResolver,
              AuditResolver,
              ServerHealthResolver,
              ViewerResolver,
              WebhookDeliveryResolver,
              FederationResolver,
              BulkOperationResolver,
              BrandBulkOperationsResolver,
              BulkOperationMutations,
              BulkOperationSubscriptions,
            ],
            orphanedTypes: [Brand, BulkOperation, CardTemplate, MembershipActivity, UserCard],
            // mutate() checks inputs and returns the result in the payload. type-graphql's own check would repeat the input in an
            // error.
            validate: false,
            // Executes the introspection query, which costs as much as all the rest. `npm run schema` and the tests check the schema.
            skipCheck: true,
            pubSub: none,
            directives: [...specifiedDirectives, SemanticNonNullDirective],
          }),
        ),
      ),
    ),
  );

/** type-graphql requires a PubSub, but every subscription here has its own source. This one throws if it is used. */
const none: PubSub = {
  publish() {
    throw new Error('subscriptions are fed by the event log');
  },
  subscribe() {
    throw new Error('subscriptions are fed by the event log');
  },
};
