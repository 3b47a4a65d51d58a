import type { OperationAudit } from '../audit/operation-audit';
import { withAudit } from '../audit/with-audit';
import type { ConfirmUserCard } from '../notifications/confirm';
import { createOperationStats } from '../server/graphql/operation-stats';
import type { Clock } from '../shared/clock';
import type { UserCards } from '../wechatpay/api/user-cards';

export interface ConfirmOpeningsDeps {
  readonly members: Pick<UserCards, 'confirmUserCard'>;
  readonly auditOf: (caller: string) => OperationAudit;
  readonly clock: Clock;
  /** Whether this server itself answers the brand's users who open a card. */
  readonly confirms: (brandId: string) => boolean;
  /** How long one confirmation may take, ms. */
  readonly timeoutMs: number;
}

/** Nobody's name: those of real callers have a colon, or are `local`. */
const caller = 'confirm';

/**
 * The merchant's yes to an opening, recorded in the audit log like the mutation of the same name. While its intent cannot be
 * recorded it rejects with AUDIT_UNAVAILABLE and is not sent, and the opening is taken up again later.
 */
export const createConfirmOpening = ({
  members,
  auditOf,
  clock,
  confirms,
  timeoutMs,
}: ConfirmOpeningsDeps): ConfirmUserCard => {
  const audit = auditOf(caller);
  return (args) => {
    const stats = createOperationStats();
    return withAudit(
      (recordIntent) =>
        members.confirmUserCard(args, {
          lane: 'mutation',
          caller,
          canAccess: confirms,
          deadline: clock.now() + timeoutMs,
          stats,
          recordIntent,
        }),
      {
        audit,
        of: {
          brandId: String(args.brand_id),
          operation: 'confirmUserCard',
          target: [String(args.card_id), String(args.user_card_code)],
          fields: [...(args.level === undefined ? [] : ['level']), 'userCardConfirmState'],
        },
        requestIds: () => stats.requestIds(),
      },
    );
  };
};
