import { randomBytes } from 'node:crypto';
import type { UpstreamFile } from '../../traffic/calls/upstream-request';

/** Encodes JSON and a file as multipart/form-data, as printed in the image upload documents: `meta`, then `file`. */
export const multipart = (
  meta: string,
  { name, type, bytes }: UpstreamFile,
): { readonly contentType: string; readonly bytes: Buffer } => {
  // 144 random bits, so that the file cannot contain the boundary, by chance or by intent.
  const boundary = `part-${randomBytes(18).toString('hex')}`;
  const head = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="meta"',
    'Content-Type: application/json',
    '',
    meta,
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${name}"`,
    `Content-Type: ${type}`,
    '',
    '',
  ].join('\r\n');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
};
