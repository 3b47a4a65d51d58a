import type { Call } from './call';
import { defined } from '../../shared/defined';
import { AppError } from '../../shared/errors';
import type { Texts } from '../../shared/language';

/** What the upstream said when it refused, for the log. Its words are redacted. */
export interface FailureFacts {
  /** Absent if there was no response. */
  readonly status?: number;
  readonly wechatCode?: string;
  readonly wechatMessage?: string;
  /** What the refusal is about, in the upstream's names. */
  readonly wechatField?: string;
  /** Where that is: body, url, query or authorization. */
  readonly wechatLocation?: string;
  /** Further facts, as JSON. */
  readonly wechatDetail?: string;
  readonly requestId?: string;
  /** Which setting to look at. */
  readonly hint?: Texts;
}

export const failureFacts = ({ hint, upstream }: AppError): FailureFacts =>
  defined({
    status: upstream?.status,
    wechatCode: upstream?.wechatCode,
    wechatMessage: upstream?.sentence?.text,
    wechatField: upstream?.field,
    wechatLocation: upstream?.location,
    wechatDetail: upstream?.detail,
    requestId: upstream?.requestId,
    hint,
  });

/** The outcome of an attempt that failed, and what is known of it. */
export const factsOf = (error: unknown, { signal }: Call) => {
  if (!(error instanceof AppError))
    return { outcome: signal?.aborted === true ? ('left' as const) : ('INTERNAL_SERVER_ERROR' as const) };
  return { outcome: error.code, ...failureFacts(error) };
};
