/**
 * The members whose ids are listed in `text` (`A,C`), all without a text. Throws for an id that none has: what was not
 * measured must not end as a table with fewer rows.
 */
export const chosen = <T extends { readonly id: string }>(
  option: string,
  all: readonly T[],
  text: string | undefined,
): readonly T[] => {
  if (text === undefined) return all;
  const ids = text.split(',');
  const unknown = ids.filter((id) => !all.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new Error(
      `--${option}: there is no ${unknown.join(', ')}; there is ${all.map(({ id }) => id).join(', ')}`,
    );
  return all.filter(({ id }) => ids.includes(id));
};

/** A whole number of 1 or more, for loops that would not begin with any other. Throws for other texts. */
export const wholeNumber = (option: string, text: string): number => {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new Error(`--${option} must be a whole number, 1 or more`);
  return Number(text);
};
