import { InputOf, Optional, outRequestNo, Reference, Required } from '../../inputs/input-fields';
import { NeededTextWhen } from '../../inputs/rules/rule';
import { CardTemplateRef } from '../../inputs/refs.input';
import { PointExchangeCouponResult } from '../../values/enums';
import { ID, SafeInt } from '../../values/scalars';
import { OfUserCard } from '../user-card/user-card.input';

@InputOf('CREATE_PRE_AUTH_TOKEN')
export class CreatePreAuthTokenInput {
  @Reference(() => CardTemplateRef)
  readonly cardTemplate!: CardTemplateRef;
  @Required(() => ID)
  readonly openid!: string;
}

@InputOf('CREATE_USER_FEED')
export class CreateUserFeedInput extends OfUserCard {
  @Optional(() => String, outRequestNo)
  readonly outRequestNo?: string | null;
  @Required(() => String, {
    description: 'Number of the feed template and its variables, joined by _, e.g. 15_1200_1.',
  })
  readonly cell!: string;
}

@InputOf('SYNC_USER_POINTS')
export class SyncUserPointsInput extends OfUserCard {
  @Optional(() => String, outRequestNo)
  readonly outRequestNo?: string | null;
  @Required(() => SafeInt, { description: 'The balance, not a change of it.' })
  readonly pointBalance!: number;
}

const isRejected = ({ result }: ConfirmPointExchangeCouponInput): boolean =>
  result === 'POINT_EXCHANGE_COUPON_REJECT';

@InputOf('CONFIRM_POINT_EXCHANGE_COUPON')
export class ConfirmPointExchangeCouponInput extends OfUserCard {
  @Required(() => ID, { description: 'From the notification of the request.' })
  readonly recordId!: string;
  @Required(() => ID, { description: 'From the notification of the request.' })
  readonly exchangeCouponTemplateId!: string;
  @Required(() => PointExchangeCouponResult)
  readonly result!: PointExchangeCouponResult;

  @Optional(() => String)
  @NeededTextWhen(isRejected, {
    en: 'is needed for REJECT',
    zh: '在 REJECT 时必填',
  })
  readonly rejectReason?: string | null;
}
