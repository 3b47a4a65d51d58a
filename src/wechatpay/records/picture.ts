import { AppError } from '../../shared/errors';

/** A validated picture for cards. */
export interface Picture {
  readonly type: 'image/png' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
}

/** card_picture_url: 图片大小不超过1M. The upload itself accepts 2 MB. */
export const maxPictureBytes = 1_048_576;
/** The upload's limit in pixels (brand 4015680641). 716×320 suits a card best. */
const maxPixels = 5_000;

/**
 * Reads type and dimensions from the bytes, because the client's claims prove nothing. Throws BAD_USER_INPUT if they are not a
 * PNG or JPEG, are too large or have no valid size.
 */
export const readPicture = (bytes: Buffer): Picture => {
  if (bytes.length > maxPictureBytes)
    throw broken('The picture must not be larger than 1 MB.', '图片大小不能超过 1 MB。');
  const size = sizeOfPng(bytes) ?? sizeOfJpeg(bytes);
  if (size === undefined)
    throw broken('The body must be a complete PNG or JPEG picture.', '请求体须为完整的 PNG 或 JPEG 图片。');
  const { width, height } = size;
  if (width < 1 || height < 1 || width > maxPixels || height > maxPixels)
    throw broken(
      `Width and height of the picture must be 1 to ${maxPixels} pixels.`,
      `图片的宽和高须为 1 至 ${maxPixels} 像素。`,
    );
  return { ...size, bytes };
};

type Size = Omit<Picture, 'bytes'>;

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');
const pngEnd = Buffer.from('0000000049454e44ae426082', 'hex');

/** PNG: signature, then IHDR with width and height; IEND ends the file (W3C PNG, 5.2 and 11.2). */
const sizeOfPng = (bytes: Buffer): Size | undefined => {
  const isWhole =
    bytes.length >= 45 &&
    bytes.subarray(0, 8).equals(pngSignature) &&
    bytes.toString('latin1', 12, 16) === 'IHDR' &&
    bytes.subarray(-12).equals(pngEnd);
  return isWhole
    ? { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
    : undefined;
};

/** JPEG: segments after SOI; a start of frame holds height and width, and EOI ends the file (ITU T.81, B.2). */
const sizeOfJpeg = (bytes: Buffer): Size | undefined => {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8 || bytes.readUInt16BE(bytes.length - 2) !== 0xffd9)
    return undefined;
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (isStartOfFrame(marker))
      return { type: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    // SOS: image data begins before any frame has given the size.
    else if (marker === 0xda) return undefined;
    else at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  return undefined;
};

/** SOF0 to SOF15 except DHT, JPG and DAC, whose markers lie in the same range. */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const broken = (en: string, zh: string): AppError =>
  new AppError('BAD_USER_INPUT', 'a picture breaks a rule', { publicMessage: [en, zh] });
