import { Field, InputType } from 'type-graphql';
import type { UserCardEventType as EventType } from '../../../events/event';
import type { EventFilter } from '../../../events/filter';
import { checkCardId, checkCount, checkOpenid } from '../../inputs/arguments';
import { ID } from '../../values/scalars';
import { UserCardEventType } from './user-card-event.type';

@InputType({
  description:
    'Which events to deliver: those that meet every field that is given. 事件过滤条件，各项须同时满足。',
})
export class UserCardEventFilter {
  @Field(() => [UserCardEventType], {
    nullable: true,
    description: 'Events of these types; an empty list admits none. 事件类型。',
  })
  readonly eventTypes?: readonly EventType[] | null;
  @Field(() => ID, { nullable: true, description: 'Events of cards of this template. 会员卡模板 ID。' })
  readonly cardId?: string | null;
  @Field(() => ID, { nullable: true, description: "Events of this user's cards. 用户 openid。" })
  readonly openid?: string | null;
}

/** Throws BAD_USER_INPUT if a key has the wrong form, because it would admit nothing, for ever. */
export const toEventFilter = (filter: UserCardEventFilter | null | undefined): EventFilter => {
  if (typeof filter?.cardId === 'string') checkCardId(filter.cardId);
  if (typeof filter?.openid === 'string') checkOpenid(filter.openid);
  checkCount('eventTypes', filter?.eventTypes ?? []);
  return filter ?? {};
};
