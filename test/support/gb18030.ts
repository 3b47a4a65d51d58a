/** The bytes of each character with two bytes, from the decoder of the platform, which has no encoder. */
const pairs = new Map<string, readonly [number, number]>();
const decoder = new TextDecoder('gb18030');
for (let lead = 0x81; lead <= 0xfe; lead += 1)
  for (let trail = 0x40; trail <= 0xfe; trail += 1) {
    const character = decoder.decode(Uint8Array.of(lead, trail));
    if (trail !== 0x7f && [...character].length === 1 && !pairs.has(character))
      pairs.set(character, [lead, trail]);
  }

/** Text as Excel of a Chinese Windows saves CSV. */
export const gb18030 = (text: string): Buffer =>
  Buffer.from(
    [...text].flatMap((character) => {
      const code = character.codePointAt(0) ?? 0;
      const bytes = code < 0x80 ? [code] : pairs.get(character);
      if (bytes === undefined) throw new Error('no character of two bytes');
      return bytes;
    }),
  );
