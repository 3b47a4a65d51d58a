import { Allow, ValidateNested } from 'class-validator';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CardType, CodeMode, CodeType } from '../common/enums';
import { CardTitle, Color, NotifyUrl, PictureUrl } from '../common/rules/appearance';
import { Identifier, RequestNo } from '../common/rules/identifiers';
import { Agreement, NeededWhen } from '../common/rules/rule';
import { MultilineText, Text } from '../common/rules/text';
import { UserError } from '../common/user-error.type';
import {
  MiniProgramJumpInput,
  PurchaseInformationInput,
  UserInformationFormInput,
  ValidDateInformationInput,
} from '../common/values.input';
import { CardTemplate, type CardTemplateSource } from './card-template.type';

const jumpsByCode = ({ codeType }: CreateCardTemplateInput): boolean => codeType === 'JUMP_MINI_PROGRAM';

const isWhole = (jump: MiniProgramJumpInput | null | undefined): boolean =>
  Boolean(jump?.jumpAppid) && Boolean(jump?.jumpPath);

@InputType()
export class CreateCardTemplateInput {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The caller's idempotency key: letters, digits, - and _, at most 128. Generated where absent.",
  })
  @RequestNo()
  readonly outRequestNo?: string | null;

  @Field(() => String)
  @Identifier()
  readonly appid!: string;

  @Field(() => CardType)
  @Allow()
  readonly cardType!: CardType;

  @Field(() => String)
  @CardTitle()
  readonly cardTitle!: string;

  @Field(() => String)
  @Color()
  readonly cardColor!: string;

  @Field(() => String)
  @PictureUrl()
  readonly cardPictureUrl!: string;

  @Field(() => CodeMode)
  @Allow()
  readonly codeMode!: CodeMode;

  @Field(() => CodeType)
  @Allow()
  readonly codeType!: CodeType;

  @Field(() => MiniProgramJumpInput, { nullable: true })
  @ValidateNested()
  @NeededWhen(jumpsByCode, { en: 'is needed for JUMP_MINI_PROGRAM', zh: '在 JUMP_MINI_PROGRAM 时必填' })
  @Agreement(
    {
      code: 'REQUIRED',
      en: 'needs jumpAppid and jumpPath for JUMP_MINI_PROGRAM',
      zh: '在 JUMP_MINI_PROGRAM 时须有 jumpAppid 和 jumpPath',
    },
    (input: CreateCardTemplateInput) => !jumpsByCode(input) || isWhole(input.codeJumpInformation),
  )
  readonly codeJumpInformation?: MiniProgramJumpInput | null;

  @Field(() => String)
  @Text(32)
  readonly benefits!: string;

  @Field(() => String)
  @NotifyUrl()
  readonly notifyUrl!: string;

  @Field(() => Boolean, { nullable: true })
  @Allow()
  readonly needPinned?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  @Allow()
  readonly needDisplayLevel?: boolean | null;

  @Field(() => String, { nullable: true })
  @Text(10)
  @NeededWhen(({ needDisplayLevel }: CreateCardTemplateInput) => needDisplayLevel === true, {
    en: 'is needed where needDisplayLevel is true',
    zh: '在 needDisplayLevel 为 true 时必填',
  })
  readonly initLevel?: string | null;

  @Field(() => String, { nullable: true })
  @Text(32)
  readonly servicePhone?: string | null;

  @Field(() => String, { nullable: true })
  @MultilineText(2048)
  readonly legalAgreement?: string | null;

  @Field(() => ValidDateInformationInput)
  @ValidateNested()
  readonly validDateInformation!: ValidDateInformationInput;

  @Field(() => MiniProgramJumpInput)
  @ValidateNested()
  readonly memberInformation!: MiniProgramJumpInput;

  @Field(() => MiniProgramJumpInput, { nullable: true })
  @ValidateNested()
  readonly pointsInformation?: MiniProgramJumpInput | null;

  @Field(() => MiniProgramJumpInput, { nullable: true })
  @ValidateNested()
  readonly balanceInformation?: MiniProgramJumpInput | null;

  @Field(() => PurchaseInformationInput, { nullable: true })
  @ValidateNested()
  readonly purchaseInformation?: PurchaseInformationInput | null;

  @Field(() => UserInformationFormInput, { nullable: true })
  @ValidateNested()
  readonly userInformation?: UserInformationFormInput | null;
}

@ObjectType({ simpleResolvers: true })
export class CreateCardTemplatePayload {
  @Field(() => CardTemplate, { nullable: true })
  readonly cardTemplate?: CardTemplateSource | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}
