import { Field, ObjectType } from 'type-graphql';
import type { EventPage } from '../../../events/read-page';
import { PageInfo, pageOf } from '../../relay/connection';
import { toUserCardEvent, UserCardEvent } from './user-card-event.type';

@ObjectType({ simpleResolvers: true, description: 'An event and its position.' })
export class UserCardEventEdge {
  @Field(() => String, { description: 'The eventId.' })
  readonly cursor!: string;
  @Field(() => UserCardEvent, { description: 'The event.' })
  readonly node!: unknown;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A page of events, oldest first. Has no totalCount: the log is counted by nobody, and drops its oldest events.',
})
export class UserCardEventConnection {
  @Field(() => [UserCardEventEdge], { description: 'The events with their positions.' })
  readonly edges!: readonly UserCardEventEdge[];
  @Field(() => [UserCardEvent], { description: 'The events.' })
  readonly nodes!: readonly unknown[];
  @Field(() => PageInfo, {
    description:
      'endCursor is where the next request goes on, also if the page is empty. hasNextPage: more events are stored after it; a filter may admit none of them.',
  })
  readonly pageInfo!: PageInfo;
}

export const toEventConnection = ({ events, end, hasMore }: EventPage, after: string | undefined) => {
  const edges = events.map((event) => ({ cursor: event.eventId, node: toUserCardEvent(event) }));
  const page = pageOf(edges, {
    hasNextPage: hasMore,
    hasPreviousPage: after !== undefined && after !== '0',
  });
  return { ...page, pageInfo: { ...page.pageInfo, endCursor: end } };
};
