/** The system's code of a failure, e.g. ENOENT; `undefined` where it is not the system's. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
