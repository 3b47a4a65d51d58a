/**
 * Whether the `Priority` header (RFC 9218) marks the request as background work, i.e. urgency 7 of 0 to 7. Such calls wait
 * behind all other calls of the same upstream interface; one turn in ten keeps them from starving.
 */
export const asksForBackground = (header: string | undefined): boolean =>
  header?.split(',').some((member) => /^\s*u=7\s*(;|$)/.test(member)) === true;
