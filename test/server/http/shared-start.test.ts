import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { assert, asyncProperty, string } from 'fast-check';
import { sharedStart } from '../../../src/server/http/shared-start';

const decoders = { gzip: gunzipSync, br: brotliDecompressSync };

describe.each(['gzip', 'br'] as const)('the shared start of responses in %s', (encoding) => {
  const decoded = async (start: string, ends: readonly string[]): Promise<readonly string[]> => {
    const { encodeWith } = sharedStart(start);
    const encoded = await Promise.all(ends.map((end) => encodeWith(end, encoding)));
    return encoded.map((bytes) => decoders[encoding](bytes).toString());
  };

  it('is followed by the end of each of them', async () => {
    const text = string({ unit: 'binary', maxLength: 500 });
    await assert(
      asyncProperty(text, text, text, async (start, one, other) => {
        const plain = (value: string): string => Buffer.from(value).toString();
        expect(await decoded(start, [one, other])).toEqual([plain(start + one), plain(start + other)]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])('has an end of %d bytes', async (length) => {
    const end = 'x'.repeat(length);
    expect((await decoded('会员'.repeat(1_000), [end]))[0] === '会员'.repeat(1_000) + end).toBe(true);
  });

  it('becomes smaller', async () => {
    const start = '{"level":"普通会员"}'.repeat(500);
    const bytes = await sharedStart(start).encodeWith('end', encoding);
    expect(bytes.length).toBeLessThan(Buffer.byteLength(start) / 20);
  });
});
