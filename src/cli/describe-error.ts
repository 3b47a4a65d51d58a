import { AppError } from '../shared/errors';

/** Our own errors never hold personal data. Of other errors, only name and place are logged. */
export const describeError = (error: unknown): Readonly<Record<string, unknown>> => {
  if (error instanceof AppError) {
    const { code, message, upstream, hint } = error;
    return {
      code,
      detail: message,
      status: upstream?.status,
      wechatCode: upstream?.wechatCode,
      wechatMessage: upstream?.sentence?.text,
      hint: hint?.join(' '),
      requestId: upstream?.requestId,
    };
  }
  if (!(error instanceof Error)) return { name: typeof error };
  return {
    name: error.name,
    at: error.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 8),
  };
};
