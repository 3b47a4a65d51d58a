import { randomBytes } from 'node:crypto';
import { withAudit } from '../audit/with-audit';
import type { Caller } from '../auth/caller';
import type { Config } from '../config/config';
import type { CallerIdentity } from './identity';
import type { CallerHandler } from '../server/http/authenticate';
import type { ErrorReport } from '../server/graphql/format-error';
import { namedRefusal } from '../graphql/refusals/upstream-user-errors';
import { createImageUpload } from '../server/routes/image-upload';
import { createOperationStats, type OperationStats } from '../server/graphql/operation-stats';
import type { Clock } from '../shared/clock';
import type { Scope } from '../traffic/calls/call';
import { maxPictureBytes } from '../wechatpay/records/picture';
import type { MemberCards } from '../wechatpay/api/member-cards';

export interface ImageRouteDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly members: MemberCards;
  readonly identityOf: (caller: Caller, stats: OperationStats) => CallerIdentity;
  readonly report: (report: ErrorReport) => void;
}

/** Handles `POST /images`. It is a write to the brand, recorded in the audit log like a mutation, even if it is refused. */
export const createImageRoute = ({
  config,
  clock,
  members,
  identityOf,
  report,
}: ImageRouteDeps): CallerHandler => {
  const handle = createImageUpload({
    maxBytes: maxPictureBytes,
    nameRefusal: namedRefusal,
    newErrorId: () => randomBytes(8).toString('hex'),
    report,
  });
  return (request, response, caller) => {
    const deadline = clock.now() + config.server.mutationDeadlineMs;
    const stats = createOperationStats();
    const { scope, laneOf, context } = identityOf(caller, stats);
    return handle(request, response, {
      permissions: caller.permissions,
      // A picture belongs to the brand, not to a user.
      mayWrite: (brandId) => scope.canAccess(brandId, 'write', 'brand'),
      upload: ({ brandId, readPicture, signal }) =>
        withAudit(
          async (recordIntent) => {
            const bytes = await readPicture();
            const own: Scope = { ...scope, signal, stats, lane: laneOf('mutation'), deadline, recordIntent };
            return members.uploadImage({ brandId, bytes }, own);
          },
          {
            audit: context.audit,
            of: { brandId, operation: 'uploadImage', target: [], fields: [] },
            requestIds: context.requestIds,
          },
        ),
    });
  };
};
