import fc from 'fast-check';
import { AppError } from '../../../src/shared/errors';
import { maxPictureBytes, readPicture } from '../../../src/wechatpay/records/picture';
import { jpeg, png } from '../../support/pictures';
import { thrownBy } from '../../support/thrown-by';

const refusal = (bytes: Buffer): unknown => thrownBy(() => readPicture(bytes));
const without = (bytes: Buffer, last: number): Buffer => bytes.subarray(0, bytes.length - last);

describe('a picture', () => {
  test.each([
    ['a PNG', png(716, 320), { type: 'image/png', width: 716, height: 320 }],
    ['the largest PNG', png(5_000, 5_000), { type: 'image/png', width: 5_000, height: 5_000 }],
    ['a JPEG with a thumbnail', jpeg(716, 320), { type: 'image/jpeg', width: 716, height: 320 }],
    ['the smallest JPEG', jpeg(1, 1), { type: 'image/jpeg', width: 1, height: 1 }],
  ])('recognises %s', (_, bytes, expected) => {
    expect(readPicture(bytes)).toMatchObject(expected);
  });

  test('may have at most 1 MB', () => {
    const small = png(1, 1).length + 12;
    expect(readPicture(png(1, 1, maxPictureBytes - small)).bytes).toHaveLength(maxPictureBytes);
    expect(refusal(png(1, 1, maxPictureBytes - small + 1))).toMatchObject({
      code: 'BAD_USER_INPUT',
      publicMessage: [expect.stringMatching(/1 MB/), expect.stringMatching(/1 MB/)],
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('GIF89a is no picture that a card takes')],
    ['a GIF', Buffer.concat([Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'), Buffer.alloc(64)])],
    ['half a PNG', without(png(), 40)],
    ['a PNG with a tail', Buffer.concat([png(), Buffer.from('<script>')])],
    ['half a JPEG', without(jpeg(), 10)],
    ['a JPEG without a frame', Buffer.from('ffd8ffda0002ffd9', 'hex')],
    ['a JPEG whose segment leads nowhere', Buffer.from('ffd8ffe1ffff00ffd9', 'hex')],
    ['a PNG of no width', png(0, 320)],
    ['a PNG that is too high', png(1, 5_001)],
    ['a JPEG that is too wide', jpeg(5_001, 1)],
    ['a JPEG of no height', jpeg(1, 0)],
  ])('is not %s', (_, bytes) => {
    expect(refusal(bytes)).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('of any bytes is either read or refused', () => {
    const starts = fc.constantFrom(png(2, 2).subarray(0, 33), jpeg(2, 2).subarray(0, 40), Buffer.alloc(0));
    const ends = fc.constantFrom(png(2, 2).subarray(-12), Buffer.from('ffd9', 'hex'), Buffer.alloc(0));
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 300 }), ends, (start, middle, end) => {
        try {
          const { width, height } = readPicture(Buffer.concat([start, middle, end]));
          expect(width * height).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
