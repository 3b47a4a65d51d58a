import { randomBytes } from 'node:crypto';
import { withAudit } from './audit/with-audit';
import type { Caller } from './auth/caller';
import type { Config } from './config/config';
import type { Identity } from './identity';
import type { CallerHandler } from './server/authenticate';
import type { ErrorReport } from './server/format-error';
import { createImageUpload } from './server/image-upload';
import { createTally, type OperationTally } from './server/tally';
import type { Clock } from './shared/clock';
import type { Scope } from './traffic/call';
import { mostPictureBytes } from './wechatpay/picture';
import type { MemberCards } from './wechatpay/member-cards';

export interface ImageRouteParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly members: MemberCards;
  readonly identityOf: (caller: Caller, tally: OperationTally) => Identity;
  readonly report: (report: ErrorReport) => void;
}

/** `POST /images`: a write of the brand like a mutation, and recorded in the audit log as one, also if it is refused. */
export const createImageRoute = ({
  config,
  clock,
  members,
  identityOf,
  report,
}: ImageRouteParts): CallerHandler => {
  const handle = createImageUpload({
    mostBytes: mostPictureBytes,
    newErrorId: () => randomBytes(8).toString('hex'),
    report,
  });
  return (request, response, caller) => {
    const deadline = clock.now() + config.server.mutationDeadlineMs;
    const tally = createTally();
    const { scope, context } = identityOf(caller, tally);
    return handle(request, response, {
      mayWrite: (brandId) => context.brands.isWritable(brandId),
      upload: ({ brandId, readPicture, signal }) =>
        withAudit(
          async (recordIntent) => {
            const bytes = await readPicture();
            const own: Scope = { ...scope, signal, tally, lane: 'mutation', deadline, recordIntent };
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
