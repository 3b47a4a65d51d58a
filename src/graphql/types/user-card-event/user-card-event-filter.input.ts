import { Field, InputType } from 'type-graphql';
import type { UserCardEventType as EventType } from '../../../events/event';
import type { EventFilter } from '../../../events/filter';
import { AppError } from '../../../shared/errors';
import { checkCardId, checkCount, checkOpenid, checkUserCardKey } from '../../inputs/arguments';
import { keyOf } from '../../inputs/object-ref';
import { UserCardRef } from '../../inputs/refs.input';
import type { NodeIds } from '../../relay/node-id';
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
  @Field(() => UserCardRef, {
    nullable: true,
    description:
      'Events of this card, and openings of its user and template that have no code yet. 指定的用户会员卡的事件，含同一用户在同一模板下尚无 code 的开卡。',
  })
  readonly userCard?: UserCardRef | null;
}

/** Where the filter is used. */
export interface FilterPlace {
  readonly brandId: string;
  readonly nodeIds: NodeIds;
}

/** Throws BAD_USER_INPUT if a key has the wrong form, or the card is of another brand: nothing would be admitted, for ever. */
export const toEventFilter = (
  filter: UserCardEventFilter | null | undefined,
  place: FilterPlace,
): EventFilter => {
  if (typeof filter?.cardId === 'string') checkCardId(filter.cardId);
  if (typeof filter?.openid === 'string') checkOpenid(filter.openid);
  checkCount('eventTypes', filter?.eventTypes ?? []);
  const { userCard, ...others } = filter ?? {};
  return { ...others, card: userCard ? cardIn(userCard, place) : undefined };
};

const cardIn = (ref: UserCardRef, { brandId, nodeIds }: FilterPlace): EventFilter['card'] => {
  const key = keyOf('UserCard', ref, nodeIds);
  if (key !== undefined) checkUserCardKey(key);
  if (key?.brandId !== brandId)
    throw new AppError('BAD_USER_INPUT', 'the filter names no card of the brand', {
      publicMessage: ['filter.userCard names no card of this brand.', 'filter.userCard 不是该品牌的会员卡。'],
    });
  return key;
};
