import { createHash } from 'node:crypto';
import { keepUpload, readUpload, type Upload } from '../../src/sandbox/upload';
import { png } from '../support/pictures';
import { thrownBy } from '../support/thrown-by';

const bytes = png(2, 2);
const digest = createHash('sha256').update(bytes).digest('hex');
const uploadOf = (meta: object, file: Partial<Upload['file']> = {}): Upload => ({
  meta: JSON.stringify(meta),
  metaType: 'application/json',
  file: { name: 'a.png', type: 'image/png', bytes, ...file },
});
const good = { filename: 'a.png', sha256: digest };

describe('an upload to the stand-in', () => {
  it('is kept where it is as the documents of its route say', () => {
    expect(keepUpload('partner', uploadOf(good)).media_url).toMatch(/^https:/);
    expect(keepUpload('brand', uploadOf({ filename: 'a.png', file_digest: digest })).media_url).toMatch(
      /^https:/,
    );
  });

  it.each<[string, 'partner' | 'brand', Upload | undefined, number, string]>([
    ['no form', 'partner', undefined, 403, 'REQUEST_BLOCKED'],
    ['no form', 'brand', undefined, 400, 'INVALID_REQUEST'],
    ['meta without its type', 'partner', { ...uploadOf(good), metaType: '' }, 403, 'REQUEST_BLOCKED'],
    ["the other route's digest", 'brand', uploadOf(good), 400, 'PARAM_ERROR'],
    [
      "another file's digest",
      'partner',
      uploadOf({ ...good, sha256: '0'.repeat(64) }),
      403,
      'REQUEST_BLOCKED',
    ],
    ['another name than meta has', 'partner', uploadOf(good, { name: 'b.png' }), 403, 'REQUEST_BLOCKED'],
    [
      'another type than the bytes have',
      'partner',
      uploadOf(good, { type: 'image/jpeg' }),
      403,
      'REQUEST_BLOCKED',
    ],
    ['no bytes', 'partner', uploadOf(good, { bytes: Buffer.alloc(0) }), 400, 'PARAM_ERROR'],
    ['more than 2 MB', 'partner', uploadOf(good, { bytes: Buffer.alloc(2_097_153) }), 403, 'REQUEST_BLOCKED'],
  ])('is refused for %s on the %s route', (_, route, upload, status, code) => {
    expect(thrownBy(() => keepUpload(route, upload))).toMatchObject({ status, code });
  });

  it('is none where it is not of the two parts', async () => {
    const part = (name: string): string =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n`;
    const type = 'multipart/form-data; boundary=b';
    expect(await readUpload('application/json', bytes)).toBeUndefined();
    expect(await readUpload(type, bytes)).toBeUndefined();
    expect(await readUpload(type, Buffer.from(`${part('meta')}--b--\r\n`))).toBeUndefined();
    expect(await readUpload(type, Buffer.from(`${part('meta')}${part('file')}--b--\r\n`))).toBeUndefined();
  });
});
