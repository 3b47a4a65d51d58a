/** Before every name of ours. */
export const prefix = 'membercard_';
