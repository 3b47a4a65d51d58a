import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readNetwork } from '../../src/config/network';
import { certify } from '../support/certify';
import { newPair } from '../support/key-pairs';

describe('the way out of the network', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'network-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const read = (value: unknown, env: Readonly<Record<string, string>> = {}) => {
    const problems: string[] = [];
    const network = readNetwork(
      { path: 'network', value, problems },
      { file: join(directory, 'config.yaml'), env },
    );
    return { ...network, problems };
  };

  it('is direct if nothing says otherwise', () => {
    expect(read(undefined)).toEqual({ authorities: [], problems: [] });
  });

  it.each([
    ['HTTPS_PROXY', 'http://proxy.internal:3128'],
    ['https_proxy', 'http://proxy.internal:3128/'],
    ['HTTPS_PROXY', 'proxy.internal:3128'],
  ])('is taken from %s as other programs take it, but never to this machine', (name, value) => {
    expect(read(undefined, { [name]: value, NO_PROXY: 'a.example, .b.example' })).toEqual({
      authorities: [],
      proxy: {
        origin: 'http://proxy.internal:3128',
        except: ['a.example', '.b.example', 'localhost', '127.0.0.1', '::1'],
      },
      problems: [],
    });
  });

  it('is the setting rather than the environment, which direct switches off', () => {
    const env = { HTTPS_PROXY: 'http://other.internal:3128', NO_PROXY: '*' };
    expect(read({ proxy: { url: 'https://proxy.internal', except: ['id.example.com'] } }, env).proxy).toEqual(
      {
        origin: 'https://proxy.internal',
        except: ['id.example.com'],
      },
    );
    expect(read({ proxy: { url: 'direct' } }, env)).toEqual({ authorities: [], problems: [] });
  });

  it('holds user and password where no log shows them', () => {
    const address = 'http://user:p%23ss@proxy.internal:3128';
    writeFileSync(join(directory, 'proxy.url'), `${address}\n`);
    for (const { proxy, problems } of [
      read({ proxy: { url: address } }),
      read({ proxy: { urlEnv: 'PROXY' } }, { PROXY: address }),
      read({ proxy: { urlFile: 'proxy.url' } }),
      read(undefined, { HTTPS_PROXY: address }),
    ]) {
      expect(problems).toEqual([]);
      expect(proxy?.credentials?.header).toBe(`Basic ${Buffer.from('user:p#ss').toString('base64')}`);
      expect(inspect(proxy) + JSON.stringify(proxy)).not.toMatch(/Basic|p#ss|p%23ss|dXNlc/);
    }
  });

  it.each<[unknown, RegExp]>([
    [{ proxy: { url: 'socks5://CANARY:1080' } }, /^network\.proxy\.url: names a SOCKS proxy/],
    [{ proxy: { url: 'CANARY' } }, /^network\.proxy\.url: must be http:\/\/HOST:PORT/],
    [{ proxy: { url: 'ftp://CANARY' } }, /must be http:\/\/HOST:PORT/],
    [{ proxy: { url: 'http://user:CANARY#@proxy' } }, /percent-encode the user and the password/],
    [{ proxy: { url: 'http://user:CANARY%@proxy' } }, /not percent-encoded/],
    [{ proxy: { url: 'http://proxy/CANARY' } }, /must be http:\/\/HOST:PORT/],
    [{ proxy: {} }, /network\.proxy\.url: is missing/],
    [{ proxy: { url: 'http://a', urlEnv: 'P' } }, /write only one of url, urlFile and urlEnv/],
    [{ caFile: 'none.pem' }, /network\.caFile: the file cannot be read/],
  ])('%j is a problem', (value, reason) => {
    const { proxy, problems } = read(value);
    expect(proxy).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
    expect(problems[0]).not.toMatch(/CANARY/);
  });

  it('names the variable of the environment that is no proxy', () => {
    const { proxy, problems } = read(undefined, { HTTPS_PROXY: 'socks5://CANARY:1080' });
    expect(proxy).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(/^HTTPS_PROXY \(environment\): names a SOCKS proxy/)]);
  });

  it('reads the authorities of a file, and names what is none', async () => {
    const privateKeyPem = newPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const one = await certify({ privateKeyPem, serial: '0A', isAuthority: true });
    writeFileSync(join(directory, 'ca.pem'), one + one);
    expect(read({ caFile: 'ca.pem' }).authorities).toHaveLength(2);
    writeFileSync(join(directory, 'ca.pem'), privateKeyPem);
    expect(read({ caFile: 'ca.pem' }).problems[0]).toMatch(/^network\.caFile: holds no certificate/);
    writeFileSync(join(directory, 'ca.pem'), one.replace(/\n[A-Za-z0-9+/]{20}/, '\n!!!'));
    expect(read({ caFile: 'ca.pem' }).problems[0]).toMatch(/certificate that cannot be read \(number 1\)/);
  });
});
