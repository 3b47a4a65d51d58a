/** One entry of a header that lists what a client accepts, e.g. `gzip;q=0.5`. */
export interface Weighted {
  /** In lower case, without parameters. */
  readonly name: string;
  /** 0 to 1; 0 means "not acceptable". */
  readonly quality: number;
}

/** The entries of a header such as Accept or Accept-Encoding (RFC 9110, 12.4.2). An entry whose weight is malformed has weight 0. */
export const weightedList = (header: string): readonly Weighted[] =>
  header.split(',').flatMap((entry) => {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    if (name === '') return [];
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
    const quality = weight === undefined ? 1 : Number(weight.replace(/^q\s*=\s*/, ''));
    return [{ name, quality: quality >= 0 && quality <= 1 ? quality : 0 }];
  });

/** The weight of the first of the names that the list has, 0 to 1; 0 if it has none. The most specific name comes first. */
export const qualityOf = (list: readonly Weighted[], names: readonly string[]): number => {
  for (const name of names) {
    const found = list.filter((entry) => entry.name === name);
    if (found.length > 0) return Math.max(...found.map(({ quality }) => quality));
  }
  return 0;
};
