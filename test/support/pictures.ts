import { crc32, deflateSync } from 'node:zlib';

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
};

/** A complete grey PNG; `padding` bytes of comment make it as large as needed. */
export const png = (width = 716, height = 320, padding = 0): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(padding > 0 ? [chunk('teXt', Buffer.alloc(padding, 0x20))] : []),
    chunk('IDAT', deflateSync(Buffer.alloc(Math.min(width, 5_000) * Math.min(height, 5_000) + height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

/** The segments of a JPEG, with a thumbnail's frame inside the EXIF segment and fill bytes before the real one. */
export const jpeg = (width = 716, height = 320): Buffer => {
  const frame = (high: number, wide: number): Buffer => {
    const whole = Buffer.from('ffc00011080000000003012200021101031101', 'hex');
    whole.writeUInt16BE(high, 5);
    whole.writeUInt16BE(wide, 7);
    return whole;
  };
  const exif = Buffer.concat([Buffer.from('45786966', 'hex'), frame(1, 1)]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([
    Buffer.from('ffd8ffe1', 'hex'),
    length,
    exif,
    Buffer.from('ffff', 'hex'),
    frame(height, width),
    Buffer.from('ffda0002', 'hex'),
    Buffer.alloc(64, 0x55),
    Buffer.from('ffd9', 'hex'),
  ]);
};
