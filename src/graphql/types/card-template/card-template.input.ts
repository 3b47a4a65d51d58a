import { InputType } from 'type-graphql';
import { InputOf, Optional, outRequestNo, Reference, Required } from '../../inputs/input-fields';
import { CardTemplateRef } from '../../inputs/refs.input';
import { isWhole, WholeJump } from '../../inputs/rules/jump';
import { Agreement, NeededTextWhen, NeededWhen } from '../../inputs/rules/rule';
import {
  MiniProgramJumpInput,
  PurchaseInformationInput,
  UserInformationFormInput,
} from '../../inputs/values.input';
import { ValidityInput } from '../../inputs/validity.input';
import { CardType, CodeMode, CodeType } from '../../values/enums';
import { ID } from '../../values/scalars';

const jumpsByCode = ({ codeType }: CreateCardTemplateInput): boolean => codeType === 'JUMP_MINI_PROGRAM';

/** The fields that a template can be created with and that an update can change. */
@InputType()
abstract class TemplateExtras {
  @Optional(() => Boolean)
  readonly needPinned?: boolean | null;
  @Optional(() => Boolean)
  readonly needDisplayLevel?: boolean | null;
  @Optional(() => String)
  readonly servicePhone?: string | null;
  @Optional(() => MiniProgramJumpInput)
  readonly pointsInformation?: MiniProgramJumpInput | null;
  @Optional(() => MiniProgramJumpInput)
  readonly balanceInformation?: MiniProgramJumpInput | null;
  @Optional(() => PurchaseInformationInput)
  readonly purchaseInformation?: PurchaseInformationInput | null;
  @Optional(() => UserInformationFormInput)
  readonly userInformation?: UserInformationFormInput | null;
}

@InputOf('CREATE_CARD_TEMPLATE')
export class CreateCardTemplateInput extends TemplateExtras {
  @Required(() => ID)
  readonly brandId!: string;
  @Optional(() => String, outRequestNo)
  readonly outRequestNo?: string | null;
  @Required(() => String)
  readonly appid!: string;
  @Required(() => CardType)
  readonly cardType!: CardType;
  @Required(() => String)
  readonly cardTitle!: string;
  @Required(() => String)
  readonly cardColor!: string;
  @Required(() => String)
  readonly cardPictureUrl!: string;
  @Required(() => CodeMode)
  readonly codeMode!: CodeMode;
  @Required(() => CodeType)
  readonly codeType!: CodeType;

  @Optional(() => MiniProgramJumpInput)
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

  @Required(() => String)
  readonly benefits!: string;
  @Required(() => String)
  readonly notifyUrl!: string;

  @Optional(() => String)
  @NeededTextWhen(({ needDisplayLevel }: CreateCardTemplateInput) => needDisplayLevel === true, {
    en: 'is needed if needDisplayLevel is true',
    zh: '在 needDisplayLevel 为 true 时必填',
  })
  readonly initLevel?: string | null;

  @Optional(() => String)
  readonly legalAgreement?: string | null;
  @Required(() => ValidityInput)
  readonly validDateInformation!: ValidityInput;
  @Required(() => MiniProgramJumpInput)
  readonly memberInformation!: MiniProgramJumpInput;
}

/** Changes only the given fields. appid, cardType, codeMode, codeType, initLevel and legalAgreement cannot be changed. */
@InputOf('UPDATE_CARD_TEMPLATE')
export class UpdateCardTemplateInput extends TemplateExtras {
  @Reference(() => CardTemplateRef)
  readonly cardTemplate!: CardTemplateRef;
  @Optional(() => String)
  readonly cardTitle?: string | null;
  @Optional(() => String)
  readonly cardColor?: string | null;
  @Optional(() => String)
  readonly cardPictureUrl?: string | null;
  @Optional(() => MiniProgramJumpInput)
  @WholeJump('codeJumpInformation')
  readonly codeJumpInformation?: MiniProgramJumpInput | null;
  @Optional(() => String)
  readonly benefits?: string | null;
  @Optional(() => String)
  readonly notifyUrl?: string | null;
  @Optional(() => ValidityInput)
  readonly validDateInformation?: ValidityInput | null;
  @Optional(() => MiniProgramJumpInput)
  @WholeJump('memberInformation')
  readonly memberInformation?: MiniProgramJumpInput | null;
}

@InputOf('INVALIDATE_CARD_TEMPLATE')
export class InvalidateCardTemplateInput {
  @Reference(() => CardTemplateRef)
  readonly cardTemplate!: CardTemplateRef;
}
