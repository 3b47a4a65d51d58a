/** What the bytes of a picture say about it. */
export interface Picture {
  /** Media types under which it may be uploaded. */
  readonly types: readonly string[];
  /** Width and height in pixels; empty if the bytes do not state them where expected. */
  readonly sides: readonly number[];
}

/** Recognises JPG, BMP and PNG, the documented kinds. */
export const pictureOf = (bytes: Buffer): Picture | undefined => {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG')
    return {
      types: ['image/png'],
      sides: bytes.length < 24 ? [] : [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
    };
  if (bytes.subarray(0, 2).toString('latin1') === 'BM')
    return {
      types: ['image/bmp', 'image/x-ms-bmp'],
      sides: bytes.length < 26 ? [] : [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))],
    };
  if (bytes.subarray(0, 2).toString('hex') === 'ffd8')
    return { types: ['image/jpeg', 'image/jpg'], sides: jpegSides(bytes) };
  return undefined;
};

/** The sides in the frame header (SOF); other segments may precede it. */
const jpegSides = (bytes: Buffer): readonly number[] => {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      // Fill bytes may precede a marker.
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return [];
};
