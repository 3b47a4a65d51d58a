import { resolve } from 'node:path';
import { readAuth } from '../../src/config/auth';
import { defaults, type Config } from '../../src/config/config';
import { exposureProblems } from '../../src/config/exposure';

const read = (value: unknown) => {
  const problems: string[] = [];
  const auth = readAuth(
    { path: 'auth', value, problems },
    { source: { file: '/etc/cards/config.yaml', env: {} }, brandIds: ['1004'] },
  );
  return { auth, problems };
};
const jwt = {
  issuer: 'https://id.example.com/',
  audience: 'member-cards',
  jwksUrl: 'https://id.example.com/jwks.json',
};

describe('the auth section', () => {
  it('may be absent', () => {
    expect(read(undefined)).toEqual({ auth: undefined, problems: [] });
  });

  it('resolves paths from the configuration file, and has safe defaults', () => {
    const { auth, problems } = read({ apiKeys: { file: './keys/api-keys.json' }, jwt });
    expect(problems).toEqual([]);
    expect(auth).toEqual({
      apiKeys: { file: resolve('/etc/cards/keys/api-keys.json') },
      tokens: {
        issuer: 'https://id.example.com/',
        audience: 'member-cards',
        jwks: { url: 'https://id.example.com/jwks.json' },
        algorithms: ['RS256'],
        type: 'at+jwt',
        maxAgeSeconds: 86_400,
        laneClaim: 'lane',
        members: { ...defaults.members, openidClaims: new Map(), mutations: [] },
      },
      requests: { perSecond: 50, burst: 200 },
    });
  });

  it.each<[unknown, RegExp]>([
    [{}, /^auth: must have apiKeys, jwt or both$/],
    [{ apiKeys: {} }, /auth\.apiKeys\.file: is missing/],
    [{ jwt: { ...jwt, issuer: undefined } }, /auth\.jwt\.issuer: is missing/],
    [{ jwt: { ...jwt, audience: '' } }, /auth\.jwt\.audience: must be/],
    [{ jwt: { ...jwt, jwksUrl: undefined } }, /auth\.jwt\.jwksUrl: is missing/],
    [{ jwt: { ...jwt, jwksUrl: 'http://id.example.com/jwks' } }, /jwksUrl: .*http is for loopback only/],
    [{ jwt: { ...jwt, jwksFile: 'a' } }, /write only one of jwksUrl and jwksFile/],
    [{ jwt: { ...jwt, algorithms: ['HS256'] } }, /algorithms\[0\]: must be RS256 or PS256/],
    [{ jwt: { ...jwt, algorithms: ['none'] } }, /algorithms\[0\]: must be/],
    [{ jwt: { ...jwt, algorithms: [] } }, /algorithms: must list at least one/],
    [{ jwt: { ...jwt, type: 'id+jwt' } }, /auth\.jwt\.type: must be at\+jwt or JWT/],
    [{ jwt: { ...jwt, secret: 'x' } }, /auth\.jwt: name 4 is not a setting; it takes issuer/],
    [{ jwt: { ...jwt, members: { openidClaim: 'two words' } } }, /members\.openidClaim: must be the name/],
    [
      { jwt: { ...jwt, members: { brands: [{ brandId: '1005', openidClaim: 'a' }] } } },
      /members\.brands\[0\]\.brandId: is not a brand of the brands section, which has 1004/,
    ],
    [
      { jwt: { ...jwt, members: { brands: [{ brandId: '1004' }] } } },
      /members\.brands\[0\]\.openidClaim: is missing/,
    ],
    [
      { jwt: { ...jwt, members: { mutations: ['syncUserPoints'] } } },
      /members\.mutations\[0\]: must be createPreAuthToken or updateUserCard or invalidateUserCard/,
    ],
    [{ jwt, requests: { perSecond: '0' } }, /auth\.requests\.perSecond: must be a whole number/],
  ])('%j is refused', (value, reason) => {
    expect(read(value).problems.join('\n')).toMatch(reason);
  });
});

describe('a server without authentication', () => {
  const config = (host: string, main: string, backup = main, auth?: Config['auth']) =>
    ({ server: { host }, wechatPay: { hosts: { main, backup } }, ...(auth && { auth }) }) as Config;
  const standIn = 'http://127.0.0.1:8080';
  const real = 'https://api.mch.weixin.qq.com';

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('runs on %s against a sandbox', (host) => {
    expect(exposureProblems(config(host, standIn))).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com'])(
    'does not listen on %s',
    (host) => {
      expect(exposureProblems(config(host, standIn))).toEqual([expect.stringMatching(/^server\.host: /)]);
    },
  );

  it.each([
    [real, real],
    [standIn, real],
    [real, standIn],
    ['https://127.0.0.1.example.com', standIn],
  ])('does not call %s or %s', (main, backup) => {
    expect(exposureProblems(config('127.0.0.1', main, backup))).toEqual([
      expect.stringMatching(/^auth: is missing/),
    ]);
  });

  it('has no such limits with authentication', () => {
    const auth = { apiKeys: { file: '/a' }, requests: { perSecond: 1, burst: 1 } };
    expect(exposureProblems(config('0.0.0.0', real, real, auth))).toEqual([]);
  });
});
