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
  /** Whether this server confirms the brand's openings. */
  readonly confirms: (brandId: string) => boolean;
  /** Maximum time of one confirmation, ms. */
  readonly timeoutMs: number;
}

/** Cannot be the name of a real caller: those contain a colon, or are `local`. */
const caller = 'confirm';

/**
 * Confirms an opening for the merchant and records it in the audit log like the mutation of the same name. If the intent
 * cannot be recorded, nothing is sent, the call rejects with AUDIT_UNAVAILABLE, and the opening is tried again later.
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
