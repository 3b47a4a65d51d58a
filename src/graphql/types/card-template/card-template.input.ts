import { Allow, ValidateNested } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { CardType, CodeMode, CodeType } from '../../values/enums';
import { CardTitle, Color, NotifyUrl, PictureUrl } from '../../inputs/rules/appearance';
import { Identifier, RequestNo } from '../../inputs/rules/identifiers';
import { isWhole, WholeJump } from '../../inputs/rules/jump';
import { Agreement, NeededWhen } from '../../inputs/rules/rule';
import { MultilineText, Text } from '../../inputs/rules/text';
import {
  MiniProgramJumpInput,
  PurchaseInformationInput,
  UserInformationFormInput,
  ValidDateInformationInput,
} from '../../inputs/values.input';
import { ID } from '../../values/scalars';

const jumpsByCode = ({ codeType }: CreateCardTemplateInput): boolean => codeType === 'JUMP_MINI_PROGRAM';

/** What a template may have from the start and be given later. */
@InputType()
abstract class TemplateExtras {
  @Field(() => Boolean, { nullable: true })
  @Allow()
  readonly needPinned?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  @Allow()
  readonly needDisplayLevel?: boolean | null;

  @Field(() => String, { nullable: true })
  @Text(32)
  readonly servicePhone?: string | null;

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

@InputType()
export class CreateCardTemplateInput extends TemplateExtras {
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

  @Field(() => String, { nullable: true })
  @Text(10)
  @NeededWhen(({ needDisplayLevel }: CreateCardTemplateInput) => needDisplayLevel === true, {
    en: 'is needed where needDisplayLevel is true',
    zh: '在 needDisplayLevel 为 true 时必填',
  })
  readonly initLevel?: string | null;

  @Field(() => String, { nullable: true })
  @MultilineText(2048)
  readonly legalAgreement?: string | null;

  @Field(() => ValidDateInformationInput)
  @ValidateNested()
  readonly validDateInformation!: ValidDateInformationInput;

  @Field(() => MiniProgramJumpInput)
  @ValidateNested()
  readonly memberInformation!: MiniProgramJumpInput;
}

/** Only what is given changes. appid, cardType, codeMode, codeType, initLevel and legalAgreement stay as they were created. */
@InputType()
export class UpdateCardTemplateInput extends TemplateExtras {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => ID)
  @Identifier()
  readonly cardId!: string;

  @Field(() => String, { nullable: true })
  @CardTitle()
  readonly cardTitle?: string | null;

  @Field(() => String, { nullable: true })
  @Color()
  readonly cardColor?: string | null;

  @Field(() => String, { nullable: true })
  @PictureUrl()
  readonly cardPictureUrl?: string | null;

  @Field(() => MiniProgramJumpInput, { nullable: true })
  @ValidateNested()
  @WholeJump()
  readonly codeJumpInformation?: MiniProgramJumpInput | null;

  @Field(() => String, { nullable: true })
  @Text(32)
  readonly benefits?: string | null;

  @Field(() => String, { nullable: true })
  @NotifyUrl()
  readonly notifyUrl?: string | null;

  @Field(() => ValidDateInformationInput, { nullable: true })
  @ValidateNested()
  readonly validDateInformation?: ValidDateInformationInput | null;

  @Field(() => MiniProgramJumpInput, { nullable: true })
  @ValidateNested()
  @WholeJump()
  readonly memberInformation?: MiniProgramJumpInput | null;
}

@InputType()
export class InvalidateCardTemplateInput {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => ID)
  @Identifier()
  readonly cardId!: string;
}
