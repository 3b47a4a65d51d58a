import { AppError } from '../../shared/errors';
import type { Call, Wrapper } from './call';

/**
 * No write is sent before its intent is recorded, whichever code makes it. Rejects as `Scope.recordIntent` does; a write
 * that brings none is a fault of ours, and is not sent either.
 */
export const intentFirst: Wrapper = (next) => {
  const write = async (call: Call) => {
    if (call.recordIntent === undefined)
      throw new AppError(
        'INTERNAL_SERVER_ERROR',
        `${call.interfaceName} would be sent without a record of its intent`,
      );
    await call.recordIntent();
    return next(call);
  };
  return (call) => (call.access === 'write' ? write(call) : next(call));
};
