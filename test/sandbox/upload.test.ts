import { createHash } from 'node:crypto';
import { errorTables as documents } from '../../src/documents/error-tables';
import { numberOf, type Failure } from '../../src/sandbox/failure';
import { keepUpload, readUpload, type Upload } from '../../src/sandbox/upload';
import { jpeg, png } from '../support/pictures';
import { thrownBy } from '../support/thrown-by';

const bytes = png(2, 2);
const digest = createHash('sha256').update(bytes).digest('hex');
const uploadOf = (meta: object, file: Partial<Upload['file']> = {}): Upload => ({
  meta: JSON.stringify(meta),
  metaType: 'application/json',
  file: { name: 'a.png', type: 'image/png', bytes, ...file },
});
/** The header of a BMP; a negative height means that its rows begin at the top. */
const bmp = (width: number, height: number): Buffer => {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  return header;
};
const good = { filename: 'a.png', sha256: digest };

describe('an upload to the sandbox', () => {
  it('is accepted as the documents of its route say', () => {
    expect(keepUpload('partner', uploadOf(good)).media_url).toMatch(/^https:/);
    expect(keepUpload('brand', uploadOf({ filename: 'a.png', file_digest: digest })).media_url).toMatch(
      /^https:/,
    );
  });

  it.each<[string, Buffer, string]>([
    ['PNG', png(2, 2), 'image/png'],
    ['BMP', bmp(2, 2), 'image/bmp'],
    ['JPEG', jpeg(2, 2), 'image/jpeg'],
    ['PNG of the greatest size', png(5_000, 5_000), 'image/png'],
  ])('is stored as %s', (_, picture, type) => {
    const sha256 = createHash('sha256').update(picture).digest('hex');
    expect(keepUpload('partner', uploadOf({ ...good, sha256 }, { bytes: picture, type }))).toHaveProperty(
      'media_url',
    );
  });

  const onBrand = (file: Partial<Upload['file']>): Upload =>
    uploadOf({ filename: 'a.png', file_digest: digest }, file);
  it.each<[string, Upload, number]>([
    ['no bytes', onBrand({ bytes: Buffer.alloc(0) }), 268_576_481],
    ['more than 2 MB', onBrand({ bytes: Buffer.alloc(2_097_153) }), 268_576_482],
    ['another type', onBrand({ type: 'image/webp' }), 268_576_483],
    ['another name', onBrand({ name: 'b.png' }), 268_576_484],
    ['another digest', onBrand({ bytes: png(3, 3) }), 268_576_485],
    ['a PNG that is too wide', onBrand({ bytes: png(5_001, 2) }), 268_576_501],
    ['a JPEG that is too high', onBrand({ bytes: jpeg(2, 5_001), type: 'image/jpeg' }), 268_576_501],
    ['a BMP that is too high', onBrand({ bytes: bmp(2, -5_001), type: 'image/bmp' }), 268_576_501],
    ['an undocumented member', uploadOf({ ...good, file_digest: digest }), 270_924_358],
  ])('is refused for %s with the documented number', (_, upload, number) => {
    const failure = thrownBy(() => keepUpload('brand', upload)) as Failure;
    expect([failure.status, numberOf(failure)]).toEqual([400, number]);
  });

  it('is refused with the documented sentence if it is empty', () => {
    const [row] = documents.UPLOAD_IMAGE;
    expect(thrownBy(() => keepUpload('brand', onBrand({ bytes: Buffer.alloc(0) })))).toMatchObject({
      ...row,
    });
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

  it('is not parsed unless it has exactly the two parts', async () => {
    const part = (name: string): string =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n`;
    const type = 'multipart/form-data; boundary=b';
    expect(await readUpload('application/json', bytes)).toBeUndefined();
    expect(await readUpload(type, bytes)).toBeUndefined();
    expect(await readUpload(type, Buffer.from(`${part('meta')}--b--\r\n`))).toBeUndefined();
    expect(await readUpload(type, Buffer.from(`${part('meta')}${part('file')}--b--\r\n`))).toBeUndefined();
  });
});
