import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { openingStates, type OpeningState, type WaitingOpening as Waiting } from '../../../events/openings';
import { PageInfo } from '../../relay/connection';
import { DateTime, ID } from '../../values/scalars';

const names = Object.keys(openingStates) as readonly OpeningState[];
const states = Object.fromEntries(names.map((name) => [name, name]));
registerEnumType(states, {
  name: 'WaitingOpeningState',
  description: 'Who has to confirm an opening.',
  valuesConfig: Object.fromEntries(names.map((name) => [name, { description: openingStates[name] }])),
});

@ObjectType({
  simpleResolvers: true,
  description: 'A card that a user opened and that waits for confirmation. 待确认开卡。',
})
export class WaitingOpening {
  @Field(() => states, { description: 'Who has to confirm it.' })
  readonly state!: OpeningState;
  @Field(() => ID, { description: 'The brand.' })
  readonly brandId!: string;
  @Field(() => ID, { nullable: true, description: 'The template of the card.' })
  readonly cardId?: string | undefined;
  @Field(() => ID, { nullable: true, description: 'The user who opened the card.' })
  readonly openid?: string | undefined;
  @Field(() => ID, {
    nullable: true,
    description: 'The code of the card; null if the merchant allocates it when confirming.',
  })
  readonly userCardCode?: string | undefined;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When WeChat Pay created the notification of the opening.',
  })
  readonly createTime?: string | undefined;
}

export const toWaitingOpening = ({ state, event }: Waiting): WaitingOpening => {
  const { brandId, cardId, openid, userCardCode, createTime } = event;
  return { state, brandId, cardId, openid, userCardCode, createTime };
};

@ObjectType({ simpleResolvers: true, description: 'An opening and its position.' })
export class WaitingOpeningEdge {
  @Field(() => String, { description: 'The position of the opening, for `after`.' })
  readonly cursor!: string;
  @Field(() => WaitingOpening, { description: 'The opening.' })
  readonly node!: WaitingOpening;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A page of openings that wait. Has no totalCount: counting them all would read them all.',
})
export class WaitingOpeningConnection {
  @Field(() => [WaitingOpeningEdge], { description: 'The openings with their positions.' })
  readonly edges!: readonly WaitingOpeningEdge[];
  @Field(() => [WaitingOpening], { description: 'The openings.' })
  readonly nodes!: readonly WaitingOpening[];
  @Field(() => PageInfo, { description: 'The place of the page in the list.' })
  readonly pageInfo!: PageInfo;
}
