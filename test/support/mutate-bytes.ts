import type { Random } from './random';

const tokens = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ':',
  ',',
  '...',
  '$',
  '@',
  '\0',
  '\u2028',
  '\r\n',
  '9'.repeat(400),
];

/** Flips, removes, doubles, swaps and inserts a few bytes or runs of bytes. */
export const mutateBytes = (original: Buffer, random: Random): Buffer => {
  let bytes = original;
  const times = 1 + random.below(6);
  for (let time = 0; time < times; time += 1) {
    const at = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + random.below(12));
    const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
    const ways: (() => Buffer[])[] = [
      () => [before, Buffer.from(part.map((byte) => byte ^ (1 << random.below(8)))), after],
      () => [before, after],
      () => [before, part, part, after],
      () => [before, Buffer.concat(Array.from({ length: 1 + random.below(300) }, () => part)), after],
      () => [before, Buffer.from(random.pick(tokens)), part, after],
      () => [before, Buffer.from([random.below(256), random.below(256)]), part, after],
      () => [after, before, part],
      () => [before],
    ];
    bytes = Buffer.concat(random.pick(ways)());
  }
  return bytes;
};
