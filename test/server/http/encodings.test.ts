import { encodingFor } from '../../../src/server/http/encodings';

describe('the encoding of a response', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=1.0, br;q=0.8', 'gzip'],
    ['br;q=0.8, gzip ; q=0.8', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0, br;q=0, *', undefined],
    ['*;q=0', undefined],
    ['identity', undefined],
    ['identity;q=1, gzip;q=0.5', undefined],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['gzip;q=x', undefined],
    ['gzip;q=-1, br;q=2', undefined],
    ['deflate, zstd', undefined],
    ['gzipped', undefined],
  ])('for Accept-Encoding %j is %j', (accept, encoding) => {
    expect(encodingFor({ headers: accept === undefined ? {} : { 'accept-encoding': accept } })).toBe(
      encoding,
    );
  });
});
