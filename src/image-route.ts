import { randomBytes } from 'node:crypto';
import type { Caller } from './auth/caller';
import type { Config } from './config/config';
import type { Identity } from './identity';
import type { CallerHandler } from './server/authenticate';
import type { ErrorReport } from './server/format-error';
import { createImageUpload } from './server/image-upload';
import { createTally, type OperationTally } from './server/tally';
import type { Clock } from './shared/clock';
import { AppError } from './shared/errors';
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

/** `POST /images`: a write of the brand like a mutation, and entered in the audit as one. */
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
    const audited = async (brandId: string, upload: Promise<string>): Promise<string> => {
      const tell = (outcome: string): void => {
        const { audit, requestIds } = context;
        const entry = {
          kind: 'MUTATION',
          brandId,
          operation: 'uploadImage',
          target: [],
          fields: [],
        } as const;
        audit({ ...entry, outcome, requestIds: requestIds() });
      };
      try {
        const url = await upload;
        tell('OK');
        return url;
      } catch (error) {
        tell(error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR');
        throw error;
      }
    };
    return handle(request, response, {
      mayWrite: (brandId) => context.brands.isWritable(brandId),
      upload({ brandId, bytes, signal }) {
        const own: Scope = { ...scope, signal, tally, lane: 'mutation', deadline };
        return audited(brandId, members.uploadImage({ brandId, bytes }, own));
      },
    });
  };
};
