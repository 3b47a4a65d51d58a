import { Field, InterfaceType, Int, ObjectType } from 'type-graphql';
import { DateTypeOrUnknown } from './enums';
import { DateTime } from './scalars';
import { EnumField } from './upstream-fields';

/** A validity as it is in a record. */
export interface ValiditySource {
  readonly type?: DateTypeOrUnknown | undefined;
  readonly availableBeginTime?: string | undefined;
  readonly availableEndTime?: string | undefined;
  readonly availableDayAfterReceive?: number | undefined;
}

const typeOf = ({
  type,
  availableBeginTime: begin,
  availableEndTime: end,
  availableDayAfterReceive: days,
}: ValiditySource): string => {
  if (type === 'PERMANENT') return 'PermanentValidity';
  if (type === 'FIX_TERM' && days !== undefined) return 'FixTermValidity';
  if (type === 'FIX_TIME_RANGE' && begin !== undefined && end !== undefined) return 'FixTimeRangeValidity';
  return 'OtherValidity';
};

/**
 * The fields of every validity are nullable, so that nothing is lost that WeChat Pay sends beside what the type needs. What a type
 * needs is in fields of its own, which are never null. They have other names, because GraphQL refuses a selection in which one name
 * is nullable for one type and not for another.
 */
@InterfaceType({
  description:
    "The validity of a template or a card. The object's type says what is there: FixTermValidity has days, FixTimeRangeValidity has begin and end. 有效期。",
  resolveType: typeOf,
})
export abstract class Validity {
  @EnumField(() => DateTypeOrUnknown, { nullable: true })
  readonly type?: DateTypeOrUnknown | undefined;
  @Field(() => DateTime, { nullable: true, description: 'When the validity begins. 有效期开始时间。' })
  readonly availableBeginTime?: string | undefined;
  @Field(() => DateTime, { nullable: true, description: 'When the validity ends. 有效期结束时间。' })
  readonly availableEndTime?: string | undefined;
  @Field(() => Int, { nullable: true, description: 'Calendar days after the pickup. 领取后有效天数。' })
  readonly availableDayAfterReceive?: number | undefined;
}

@ObjectType({ implements: Validity, simpleResolvers: true, description: 'Valid without end. 永久有效。' })
export class PermanentValidity extends Validity {}

@ObjectType({
  implements: Validity,
  simpleResolvers: true,
  description: 'Valid for a number of days after the pickup. 相对有效期。',
})
export class FixTermValidity extends Validity {
  @Field(() => Int, {
    name: 'days',
    simple: false,
    description: 'availableDayAfterReceive, which is there. 领取后有效天数。',
  })
  declare readonly availableDayAfterReceive: number;
}

@ObjectType({
  implements: Validity,
  simpleResolvers: true,
  description: 'Valid from a begin to an end. 固定时间范围。',
})
export class FixTimeRangeValidity extends Validity {
  @Field(() => DateTime, {
    name: 'begin',
    simple: false,
    description: 'availableBeginTime, which is there. 有效期开始时间。',
  })
  declare readonly availableBeginTime: string;
  @Field(() => DateTime, {
    name: 'end',
    simple: false,
    description: 'availableEndTime, which is there. 有效期结束时间。',
  })
  declare readonly availableEndTime: string;
}

@ObjectType({
  implements: Validity,
  simpleResolvers: true,
  description:
    'A validity of a type that this version does not know (typeRaw names it), or without what its type needs.',
})
export class OtherValidity extends Validity {}
