import { InputType, Int, registerEnumType } from 'type-graphql';
import { refusesReversedRange } from '../../documents/relations';
import { DateTime } from '../values/scalars';
import { Alternative, OneOf } from './alternative-fields';
import { Required } from './input-fields';
import { isRfc3339 } from './rules/date-time';
import { Agreement } from './rules/rule';

/** A value that can be filled in or left out, and nothing else. A Boolean could be false, which would mean nothing. */
const Permanent = { PERMANENT: 'PERMANENT' } as const;
registerEnumType(Permanent, {
  name: 'Permanent',
  description: 'The only value of ValidityInput.permanent.',
  valuesConfig: { PERMANENT: { description: 'Valid without end. 永久有效。' } },
});

@InputType({ description: 'A validity of a number of days after the pickup. 相对有效期。' })
export class FixTermInput {
  @Required(() => Int, {
    description: 'Calendar days after the pickup; WeChat Pay does not count the day itself. 领取后有效天数。',
  })
  readonly availableDayAfterReceive!: number;
}

@InputType({ description: 'A validity from a begin to an end. 固定时间范围。' })
export class FixTimeRangeInput {
  @Required(() => DateTime, { description: '有效期开始时间。' })
  readonly availableBeginTime!: string;

  @Required(() => DateTime, { description: '有效期结束时间。' })
  @Agreement(
    { code: 'INVALID', en: 'must not be before availableBeginTime', zh: '不能早于 availableBeginTime' },
    ({ availableBeginTime: begin, availableEndTime: end }: FixTimeRangeInput) =>
      !isRfc3339(begin) || !isRfc3339(end) || Date.parse(begin) <= Date.parse(end),
    refusesReversedRange,
  )
  readonly availableEndTime!: string;
}

@OneOf({
  tag: 'type',
  description:
    "The validity of a template or a card: exactly one of the fields. A card's must be of its template's type. 有效期：三项中须且只能填写一项；会员卡的有效期类型须与会员卡模板一致。",
})
export class ValidityInput {
  @Alternative(() => Permanent, {
    word: 'PERMANENT',
    description: "Valid without end. 永久有效。WeChat Pay's type PERMANENT.",
  })
  readonly permanent?: keyof typeof Permanent | null;

  @Alternative(() => FixTermInput, {
    word: 'FIX_TERM',
    description: "Valid for a number of days. 相对有效期。WeChat Pay's type FIX_TERM.",
    hasMembers: true,
  })
  readonly fixTerm?: FixTermInput | null;

  @Alternative(() => FixTimeRangeInput, {
    word: 'FIX_TIME_RANGE',
    description: "Valid from a begin to an end. 固定时间范围。WeChat Pay's type FIX_TIME_RANGE.",
    hasMembers: true,
  })
  readonly fixTimeRange?: FixTimeRangeInput | null;
}
