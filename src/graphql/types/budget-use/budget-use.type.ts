import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, ID } from '../../values/scalars';

const members = { BRAND: 'BRAND', CALLER: 'CALLER' } as const;
export const BudgetUseBy = members;
export type BudgetUseBy = keyof typeof members;
registerEnumType(members, { name: 'BudgetUseBy', description: 'By what used calls are counted.' });

@ObjectType({ simpleResolvers: true, description: 'One brand or caller that used upstream calls.' })
export class BudgetUser {
  @Field(() => ID, {
    nullable: true,
    description:
      'The brand or the caller. Null: calls that belong to no brand, or the callers with the fewest calls, counted together.',
  })
  readonly id?: string | undefined;
  @Field(() => Int, { description: 'Calls sent to WeChat Pay, retries included.' })
  readonly calls!: number;
  @Field(() => Int, {
    description: 'Calls for which no slot was free before their deadline; nothing was sent.',
  })
  readonly refused!: number;
  @Field(() => Float, {
    nullable: true,
    description: 'Share of all calls sent, from 0 to 1. Null if none was sent.',
  })
  readonly share?: number | undefined;
  @Field(() => String, {
    nullable: true,
    description:
      'The most of each call limit that it may use, as configured: calls per second such as "2", or a share such as "50%". Null if it may use all.',
  })
  readonly ceiling?: string | undefined;
  @Field(() => String, {
    nullable: true,
    description: "What is kept for it of its partner's call limit, in the same form. Null if nothing is.",
  })
  readonly reserve?: string | undefined;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Who used upstream calls. Each process counts its own calls in memory, since its start; ask every process for the whole fleet.',
})
export class BudgetUse {
  @Field(() => DateTime, {
    description:
      'From when on the counts are complete. Later than asked for if this process began to count later.',
  })
  readonly since!: string;
  @Field(() => Int, { description: 'Calls sent to WeChat Pay, retries included.' })
  readonly calls!: number;
  @Field(() => Int, {
    description: 'Calls for which no slot was free before their deadline; nothing was sent.',
  })
  readonly refused!: number;
  @Field(() => [BudgetUser], { description: 'The heaviest users, at most `first`.' })
  readonly users!: readonly BudgetUser[];
  @Field(() => Int, { description: 'How many brands or callers were counted apart.' })
  readonly userCount!: number;
}
