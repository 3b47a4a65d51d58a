import { AppError } from '../../shared/errors';
import type { Call, Wrapper } from './call';

/**
 * Sends no write before its intent is recorded, whichever code makes the call. Rejects if `Scope.recordIntent` does. A write
 * without `recordIntent` is a bug here, and is not sent.
 */
export const intentFirst: Wrapper = (next) => {
  const write = async (call: Call) => {
    if (call.recordIntent === undefined)
      throw new AppError(
        'INTERNAL_SERVER_ERROR',
        `${call.interfaceName} was not sent: the call has no recordIntent`,
      );
    await call.recordIntent();
    return next(call);
  };
  return (call) => (call.access === 'write' ? write(call) : next(call));
};
