/**
 * Finds rows by their key. Keys are HMACs, so their order is random and every page of an index of them is in use at once: of a million
 * whole keys and the ids of their operation 150 MB, more than the embedded database keeps in memory. So the indexes `bulk_rows_key`
 * and `bulk_rows_update_key` have the first 7 characters, which take 30 MB. That is 42 bits: two of a million keys hardly ever share
 * them, and the whole key decides.
 */
const beginning = (text: string): string => `left(${text}, 7)`;

/** The condition that `column` is the key `value`: a name of SQL, e.g. `$1`. */
export const hasKey = (column: string, value: string): string =>
  `(${beginning(column)} = ${beginning(value)} and ${column} = ${value})`;

/** The condition that `column` is one of the keys of `values`, an array: a name of SQL, e.g. `$1`. */
export const hasOneOfKeys = (column: string, values: string): string =>
  `(${beginning(column)} = any(array(select ${beginning('one')} from unnest(${values}::text[]) as one))
    and ${column} = any(${values}::text[]))`;
