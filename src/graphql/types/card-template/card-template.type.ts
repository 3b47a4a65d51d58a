import { Field, ObjectType } from 'type-graphql';
import type { ReadResult } from '../../../wechatpay/api/reads';
import type { CardTemplateRecord } from '../../../wechatpay/records/records';
import { connectionOf } from '../../relay/connection';
import {
  CardStateOrUnknown,
  CardTypeOrUnknown,
  CodeModeOrUnknown,
  CodeTypeOrUnknown,
} from '../../values/enums';
import { EnumField } from '../../values/upstream-fields';
import { Fetched, UpstreamObject, type FetchedSource } from '../upstream-object.type';
import { Node, type NodeSource } from '../../relay/node.type';
import { ID, toDateTime } from '../../values/scalars';
import { MiniProgramJump, PurchaseInformation, UserInformationForm } from '../../values/values.type';
import { Validity } from '../../values/validity.type';

export interface CardTemplateSource extends NodeSource, FetchedSource, CardTemplateRecord {
  readonly kind: 'CardTemplate';
}

export const toCardTemplate = ({
  record,
  fetchedAt,
  stale,
}: ReadResult<CardTemplateRecord>): CardTemplateSource => ({
  ...record,
  kind: 'CardTemplate',
  fetchedAt: toDateTime(fetchedAt),
  stale,
});

@ObjectType({ implements: [Node, Fetched], simpleResolvers: true })
export class CardTemplate extends UpstreamObject {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => String, { nullable: true })
  readonly outRequestNo?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly appid?: string | undefined;
  @EnumField(() => CardTypeOrUnknown)
  readonly cardType!: CardTypeOrUnknown;
  @Field(() => String)
  readonly cardTitle!: string;
  @Field(() => String, { nullable: true })
  readonly cardColor?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly cardPictureUrl?: string | undefined;
  @EnumField(() => CodeModeOrUnknown, { nullable: true })
  readonly codeMode?: CodeModeOrUnknown | undefined;
  @EnumField(() => CodeTypeOrUnknown, { nullable: true })
  readonly codeType?: CodeTypeOrUnknown | undefined;
  @Field(() => MiniProgramJump, { nullable: true })
  readonly codeJumpInformation?: MiniProgramJump | undefined;
  @Field(() => String, { nullable: true })
  readonly benefits?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly notifyUrl?: string | undefined;
  @Field(() => Boolean, { nullable: true })
  readonly needPinned?: boolean | undefined;
  @Field(() => Boolean, { nullable: true })
  readonly needDisplayLevel?: boolean | undefined;
  @Field(() => String, { nullable: true })
  readonly initLevel?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly servicePhone?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly legalAgreement?: string | undefined;
  @Field(() => Validity, { nullable: true, description: 'Its validity. 有效期。' })
  readonly validDateInformation?: Validity | undefined;
  @Field(() => MiniProgramJump, { nullable: true })
  readonly memberInformation?: MiniProgramJump | undefined;
  @Field(() => MiniProgramJump, { nullable: true })
  readonly pointsInformation?: MiniProgramJump | undefined;
  @Field(() => MiniProgramJump, { nullable: true })
  readonly balanceInformation?: MiniProgramJump | undefined;
  @Field(() => PurchaseInformation, { nullable: true })
  readonly purchaseInformation?: PurchaseInformation | undefined;
  @Field(() => UserInformationForm, { nullable: true })
  readonly userInformation?: UserInformationForm | undefined;
  @EnumField(() => CardStateOrUnknown)
  readonly state!: CardStateOrUnknown;
}

export const CardTemplateConnection = connectionOf('CardTemplate', () => CardTemplate, { mayFail: true });
