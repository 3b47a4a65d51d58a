/** Numbers in [0, 1) from a seed (mulberry32), so that every contender gets the same load. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Indices 0 … size - 1, the one of rank r with a probability proportional to 1 / (r + 1) ** exponent. */
export const zipf = (size: number, exponent: number, random: () => number): (() => number) => {
  const cumulated: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= size; rank += 1) {
    sum += 1 / rank ** exponent;
    cumulated.push(sum);
  }
  return () => {
    const drawn = random() * sum;
    const found = cumulated.findIndex((upTo) => drawn < upTo);
    return found === -1 ? size - 1 : found;
  };
};
