/** One preference: its text up to the next comma that is not in quotes. */
const preferences = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const wait = /^[ \t]*wait[ \t]*(?:=[ \t]*(?:(\d+)|"(\d+)")[ \t]*)?(?:;.*)?$/i;
const nameOf = (preference: string): string =>
  /^[ \t]*([^ \t=;]*)/.exec(preference)?.[1]?.toLowerCase() ?? '';

/**
 * How many seconds the client waits for the response, from the header `Prefer` (RFC 7240), e.g. `wait=15`. `undefined` if it
 * does not say so, or not in the form of the RFC. If it says so twice, the first one counts.
 */
export const preferredWaitSeconds = (header: string | undefined): number | undefined => {
  const preference = header?.match(preferences)?.find((one) => nameOf(one) === 'wait');
  if (preference === undefined) return undefined;
  const [, plain, quoted] = wait.exec(preference) ?? [];
  const seconds = plain ?? quoted;
  return seconds === undefined ? undefined : Number(seconds);
};
