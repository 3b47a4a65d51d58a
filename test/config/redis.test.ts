import { rootCertificates } from 'node:tls';
import { readRedis } from '../../src/config/redis';

/** Any certificate in PEM: one of those that Node trusts. */
const [certificate] = rootCertificates;

const read = (value: unknown, env: Readonly<Record<string, string>> = {}) => {
  const problems: string[] = [];
  const config = readRedis({ path: 'redis', value, problems }, { file: '/etc/cards/config.yaml', env });
  return { url: config.redis?.url, problems };
};

describe('the address of the store', () => {
  it.each([
    'redis://127.0.0.1:6379',
    'rediss://store.example.com',
    'redis://127.0.0.1:6379/3',
    'redis://:p%23ss%3F%2F@127.0.0.1:6379/0',
    'redis://user:pass@[::1]:6379',
  ])('may be %s', (url) => {
    expect(read({ url })).toEqual({ url, problems: [] });
    expect(read({ urlEnv: 'STORE' }, { STORE: `${url}\n` })).toEqual({ url, problems: [] });
  });

  const encode = /percent-encode the user and the password \(# is %23/;
  it.each<[string, RegExp]>([
    ['redis://:pa#CANARY@127.0.0.1:6379', encode],
    ['redis://user#CANARY@127.0.0.1:6379', encode],
    ['redis://:pa?CANARY@127.0.0.1:6379', encode],
    ['redis://:pa/CANARY@127.0.0.1:6379', encode],
    ['redis://:pa%CANARY@127.0.0.1:6379', encode],
    ['redis://:pa CANARY@127.0.0.1:6379', encode],
    ['redis://127.0.0.1:99999', /a port is a number from 1 to 65535/],
    ['redis://127.0.0.1:0', /a port is a number from 1 to 65535/],
    ['redis://127.0.0.1:6379x', encode],
    ['redis://127.0.0.1:6379/CANARY', /number of the database/],
    ['redis://', /must be redis:\/\/HOST:PORT/],
    ['127.0.0.1:6379', /must be redis:\/\/HOST:PORT/],
    ['http://127.0.0.1', /must be redis:\/\/HOST:PORT/],
    ['', /must be redis:\/\/HOST:PORT/],
  ])('is not dropped silently: %s', (url, reason) => {
    for (const { url: used, problems } of [read({ url }), read({ urlEnv: 'STORE' }, { STORE: url })]) {
      expect(used).toBeUndefined();
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(reason);
      expect(problems[0]).not.toMatch(/CANARY/);
    }
    expect(read({ url }).problems[0]).toMatch(/^redis\.url: /);
    expect(read({ urlEnv: 'STORE' }, { STORE: url }).problems[0]).toMatch(/^redis\.urlEnv: /);
  });

  it('may come with a prefix and the number of processes', () => {
    const problems: string[] = [];
    const value = { url: 'redis://a', prefix: 'staging', maxInstances: '3' };
    expect(
      readRedis({ path: 'redis', value, problems }, { file: '/etc/cards/config.yaml', env: {} }),
    ).toEqual({ redis: { url: 'redis://a', prefix: 'staging', maxInstances: 3 } });
    expect(problems).toEqual([]);
  });

  it.each<[unknown, RegExp]>([
    [{ url: 'redis://a', prefix: 'a{b}' }, /redis\.prefix: must be letters, digits and _/],
    [{ url: 'redis://a', prefix: '*' }, /redis\.prefix: must be letters/],
    [{ url: 'redis://a', prefix: '' }, /redis\.prefix: must be letters/],
    [{ url: 'redis://a', maxInstances: '0' }, /redis\.maxInstances: must be a whole number from 1 to 1000/],
    [{ url: 'redis://a', caFile: certificate }, /redis\.caFile: needs an address with rediss:/],
  ])('%j is a problem of another setting', (value, reason) => {
    expect(read(value).problems.join('\n')).toMatch(reason);
  });

  it.each<[unknown, RegExp]>([
    [{}, /redis\.url: is missing/],
    [null, /redis: must be a mapping/],
    ['redis://127.0.0.1', /redis: must be a mapping/],
    [{ url: null }, /redis\.url: has no value/],
    [{ url: ['redis://127.0.0.1'] }, /redis\.url: must be/],
    [{ url: 'redis://a', urlEnv: 'STORE' }, /write only one of url, urlFile and urlEnv/],
    [{ urlEnv: 'STORE' }, /names an environment variable that is not set/],
    [{ urlFile: 'none' }, /redis\.urlFile: the file cannot be read: it does not exist; .*\/etc\/cards/],
  ])('%j is a problem', (value, reason) => {
    const { url, problems } = read(value);
    expect(url).toBeUndefined();
    expect(problems.join('\n')).toMatch(reason);
  });
});
