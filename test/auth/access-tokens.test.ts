import { createPublicKey } from 'node:crypto';
import { createLocalJWKSet, SignJWT, UnsecuredJWT } from 'jose';
import { createAccessTokens, type AccessTokens } from '../../src/auth/access-tokens';
import { fakeClock } from '../support/fake-clock';
import { claims, issuer, tokenSettings } from './tokens';

const clock = fakeClock();
const now = (): number => Math.floor(clock.now() / 1000);
const trusted = issuer('k1');
const stranger = issuer('k1');

describe('an access token', () => {
  let tokens: AccessTokens;
  beforeAll(async () => {
    const keySet = createLocalJWKSet({ keys: [await trusted.jwk()] });
    tokens = createAccessTokens({ settings: tokenSettings, keySet, clock });
  });

  it('identifies the caller and their permissions', async () => {
    const caller = await tokens.callerOf(await trusted.sign(claims(clock.now())));
    expect(caller?.id).toBe('token:storefront');
    expect(caller?.permissions.may('pii', '1004')).toBe(true);
    expect(caller?.permissions.may('write', '1004')).toBe(false);
    expect(caller?.permissions.has('admin')).toBe(false);
  });

  it('can say that all its calls are background work; other values of the claim are ignored', async () => {
    const laneOf = async (lane: unknown) =>
      (await tokens.callerOf(await trusted.sign(claims(clock.now(), { lane }))))?.lane;
    expect(await Promise.all(['bulk', 'interactive', 1, ['bulk'], undefined].map(laneOf))).toEqual([
      'bulk',
      ...[undefined, undefined, undefined, undefined],
    ]);
  });

  it('identifies the member by the claim that the brand has now', async () => {
    let openidClaims = tokenSettings.members.openidClaims;
    const keySet = createLocalJWKSet({ keys: [await trusted.jwk()] });
    const changing = createAccessTokens({
      settings: tokenSettings,
      openidClaims: () => openidClaims,
      keySet,
      clock,
    });
    const memberClaims = { scope: 'brand:1005:member', openid: 'o1', shop: 'o2' };
    const token = await trusted.sign(claims(clock.now(), memberClaims));
    const openid = async () => (await changing.callerOf(token))?.permissions.member?.openids.get('1005');
    expect(await openid()).toBe('o1');
    openidClaims = new Map([['1005', 'shop']]);
    expect(await openid()).toBe('o2');
  });

  it('may list its scopes in scp', async () => {
    const token = await trusted.sign(claims(clock.now(), { scope: undefined, scp: ['brand:1004:write', 5] }));
    expect((await tokens.callerOf(token))?.permissions.may('write', '1004')).toBe(true);
  });

  it('is accepted if one of its audiences is ours', async () => {
    const token = await trusted.sign(claims(clock.now(), { aud: ['other', 'member-cards'] }));
    expect(await tokens.callerOf(token)).toBeDefined();
  });

  it.each<[string, () => Readonly<Record<string, unknown>>]>([
    ['another issuer', () => ({ iss: 'https://id.example.com' })],
    ['another audience', () => ({ aud: 'other' })],
    ['no audience', () => ({ aud: undefined })],
    ['no subject', () => ({ sub: undefined })],
    ['no expiry', () => ({ exp: undefined })],
    ['no time of issue', () => ({ iat: undefined })],
    ['an expiry in the past', () => ({ exp: now() - 6 })],
    ['a time of issue long past', () => ({ iat: now() - 3_606 })],
    ['a time of issue to come', () => ({ iat: now() + 60 })],
    ['a beginning to come', () => ({ nbf: now() + 60 })],
  ])('with %s is refused', async (_, changes) => {
    expect(await tokens.callerOf(await trusted.sign(claims(clock.now(), changes())))).toBeUndefined();
  });

  it('of another type is refused, e.g. an id token', async () => {
    for (const header of [{ typ: 'JWT' }, { typ: 'id+jwt' }, { typ: '' }])
      expect(await tokens.callerOf(await trusted.sign(claims(clock.now()), header))).toBeUndefined();
  });

  it('signed with another key of the same id is refused', async () => {
    expect(await tokens.callerOf(await stranger.sign(claims(clock.now())))).toBeUndefined();
  });

  it('with another algorithm is refused: unsigned, signed with our public key as a secret, or with an unlisted one', async () => {
    const header = { typ: 'at+jwt', kid: 'k1' };
    const publicPem = createPublicKey(trusted.privateKey).export({ type: 'spki', format: 'pem' });
    const forged = [
      new UnsecuredJWT(claims(clock.now())).encode(),
      await new SignJWT(claims(clock.now()))
        .setProtectedHeader({ alg: 'HS256', ...header })
        .sign(Buffer.from(publicPem)),
      await new SignJWT(claims(clock.now()))
        .setProtectedHeader({ alg: 'PS256', ...header })
        .sign(trusted.privateKey),
    ];
    for (const token of forged) expect(await tokens.callerOf(token)).toBeUndefined();
  });

  it('with one changed letter is refused', async () => {
    const token = await trusted.sign(claims(clock.now()));
    const [header = '', , signature = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify(claims(clock.now(), { scope: 'admin' }))).toString('base64url');
    expect(await tokens.callerOf(`${header}.${other}.${signature}`)).toBeUndefined();
    expect(await tokens.callerOf('not.a.token')).toBeUndefined();
  });

  it.each(['someone@example.com', '13812345678', '张三', 'a b', 'x'.repeat(65)])(
    'with the subject %j identifies its caller by a hash',
    async (sub) => {
      const caller = await tokens.callerOf(await trusted.sign(claims(clock.now(), { sub })));
      expect(caller?.id).toMatch(/^token:sha256-[0-9a-f]{24}$/);
    },
  );
});
