/** The operating system's error code, e.g. ENOENT; `undefined` for other errors. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Whether a code is the operating system's. SQLSTATEs have five such characters too, e.g. EPIPE would pass for one. */
export const isSystemCode = (code: string): code is `E${string}` => /^E[A-Z0-9_]{2,20}$/.test(code);
