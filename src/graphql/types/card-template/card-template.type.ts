import { Field, ObjectType } from 'type-graphql';
import type { ReadResult } from '../../../wechatpay/api/reads';
import type { CardTemplateRecord } from '../../../wechatpay/records/records';
import { connectionOf } from '../../relay/connection';
import { CardState, CardType, CodeMode, CodeType } from '../../values/enums';
import { Node, type NodeSource } from '../../relay/node.type';
import { DateTime, ID, toDateTime } from '../../values/scalars';
import {
  MiniProgramJump,
  PurchaseInformation,
  UserInformationForm,
  ValidDateInformation,
} from '../../values/values.type';

export interface CardTemplateSource extends NodeSource, CardTemplateRecord {
  readonly kind: 'CardTemplate';
  readonly fetchedAt: string;
}

export const toCardTemplate = ({
  record,
  fetchedAt,
}: ReadResult<CardTemplateRecord>): CardTemplateSource => ({
  ...record,
  kind: 'CardTemplate',
  fetchedAt: toDateTime(fetchedAt),
});

@ObjectType({ implements: Node, simpleResolvers: true })
export class CardTemplate extends Node {
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => String, { nullable: true })
  readonly outRequestNo?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly appid?: string | undefined;
  @Field(() => CardType)
  readonly cardType!: CardType;
  @Field(() => String)
  readonly cardTitle!: string;
  @Field(() => String, { nullable: true })
  readonly cardColor?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly cardPictureUrl?: string | undefined;
  @Field(() => CodeMode, { nullable: true })
  readonly codeMode?: CodeMode | undefined;
  @Field(() => CodeType, { nullable: true })
  readonly codeType?: CodeType | undefined;
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
  @Field(() => ValidDateInformation, { nullable: true })
  readonly validDateInformation?: ValidDateInformation | undefined;
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
  @Field(() => CardState)
  readonly state!: CardState;
  @Field(() => DateTime, { nullable: true })
  readonly createTime?: string | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly modifyTime?: string | undefined;
  @Field(() => DateTime, { description: 'When this server read the object from the upstream.' })
  readonly fetchedAt!: string;
}

export const CardTemplateConnection = connectionOf('CardTemplate', () => CardTemplate);
