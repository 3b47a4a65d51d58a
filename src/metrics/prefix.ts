/** Prefix of all our metric names. */
export const prefix = 'membercard_';
