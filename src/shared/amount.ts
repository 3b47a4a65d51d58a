/** A part of a call limit: so many calls a second, or a share of whatever the limit is (above 0, at most 1). */
export type Amount = { readonly callsPerSecond: number } | { readonly share: number };

/** The calls a second that the amount is of this limit; never more than the limit. */
export const callsPerSecondOf = (amount: Amount, limit: number): number =>
  'share' in amount ? amount.share * limit : Math.min(amount.callsPerSecond, limit);

/** What a limit of so many calls a second grants: whole calls, from 1 a second on. */
export const wholeCallsPerSecond = (callsPerSecond: number): number =>
  callsPerSecond < 1 ? callsPerSecond : Math.floor(callsPerSecond);

/** As in the configuration: `50%`, or `2` for calls a second. */
export const printAmount = (amount: Amount): string =>
  'share' in amount ? `${Math.round(amount.share * 1_000) / 10}%` : String(amount.callsPerSecond);
