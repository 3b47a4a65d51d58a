/**
 * Whether a request's `Priority` header (RFC 9218) says that it is background work: urgency 7, of 0 to 7. Such work waits
 * behind all other calls of the same upstream interface; one turn in ten keeps it from starving.
 */
export const asksForBackground = (header: string | undefined): boolean =>
  header?.split(',').some((member) => /^\s*u=7\s*(;|$)/.test(member)) === true;
