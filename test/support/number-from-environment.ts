/**
 * A whole number that a person sets to try a test for longer or again, as `SEED=7`. Anything else is refused: with NaN a loop
 * over requests ends before the first one, and the test is green.
 */
export const numberFromEnvironment = (
  name: string,
  { otherwise, least = 1 }: { readonly otherwise: number; readonly least?: number },
): number => {
  const text = process.env[name];
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text) || Number(text) < least)
    throw new Error(`${name} must be a whole number, ${least} or more, not "${text}"`);
  return Number(text);
};
