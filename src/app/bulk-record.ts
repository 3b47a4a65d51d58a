import type { RowValues } from '../bulk/files/row-reader';
import type { CardName, RowOutcome } from '../bulk/row-runner';
import type { Directory } from '../directory/directory';
import { AppError } from '../shared/errors';

/**
 * Enters a member of a file in the members' directory. State and level are what somebody else says, so whatever WeChat Pay has told,
 * or tells later, replaces them.
 */
export const recordMember = async (
  { openid, phoneNumber, level, userCardState }: RowValues,
  { brandId, cardId, userCardCode }: CardName,
  directory: Pick<Directory, 'record'> | undefined,
): Promise<RowOutcome> => {
  // It was there when the operation was created.
  if (directory === undefined) return { state: 'STOP', reason: 'NOT_READY' };
  try {
    await directory.record({
      ...{ brandId, cardId, userCardCode },
      ...(openid !== undefined && { openid: String(openid) }),
      ...(phoneNumber !== undefined && { phoneNumber: String(phoneNumber) }),
      ...(userCardState !== undefined && { state: String(userCardState) }),
      ...(level !== undefined && { level: String(level) }),
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { state: 'AGAIN', afterMs: 2_000, isUnknown: false, isBusy: true };
  }
  return { state: 'SUCCEEDED' };
};
