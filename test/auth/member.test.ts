import { createBrands } from '../../src/wechatpay/accounts/brands';
import { createLocalJWKSet } from 'jose';
import { createAccessTokens, type AccessTokens } from '../../src/auth/access-tokens';
import { parseKeyFile, printKeyFile } from '../../src/auth/api-key-file';
import { brandAccessOf } from '../../src/auth/brand-access';
import { brandActions, isScope, serverScopes } from '../../src/auth/permissions';
import type { DataOwner } from '../../src/shared/data-owner';
import { dataOwnerOf } from '../../src/wechatpay/api/data-owner';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { aKey } from '../support/callers';
import { fakeClock } from '../support/fake-clock';
import { claims, issuer, memberSettings, tokenSettings } from './tokens';

const clock = fakeClock();
const backend = issuer('k1');
const brands = createBrands(['1004', '1005'].map((brandId) => ({ brandId, name: brandId, route: 'brand' })));

describe('the token of a member', () => {
  let reading: AccessTokens;
  let writing: AccessTokens;
  beforeAll(async () => {
    const keySet = createLocalJWKSet({ keys: [await backend.jwk()] });
    const tokensWith = (mutations: readonly 'updateUserCard'[]) =>
      createAccessTokens({
        settings: {
          ...tokenSettings,
          members: { ...memberSettings, openidClaims: new Map([['1005', 'shop']]), mutations },
        },
        keySet,
        clock,
      });
    reading = tokensWith([]);
    writing = tokensWith(['updateUserCard']);
  });

  const callerOf = async (changes: Readonly<Record<string, unknown>>, tokens = reading) =>
    tokens.callerOf(
      await backend.sign(claims(clock.now(), { scope: 'brand:1004:member', openid: 'o1', ...changes })),
    );

  it('grants nothing of what staff may do', async () => {
    const permissions = (await callerOf({}))?.permissions;
    for (const action of brandActions)
      expect([permissions?.may(action, '1004'), permissions?.mayAnywhere(action)]).toEqual([false, false]);
    expect(serverScopes.map((scope) => permissions?.has(scope))).toEqual([false, false]);
    expect(permissions?.scopes).toEqual(['brand:1004:member']);
  });

  it('allows to read what is shown to everyone and their own data, to write only with mutations', async () => {
    const owners: readonly DataOwner[] = ['brand', 'everyone', { user: 'o1' }, { user: 'o2' }];
    for (const [tokens, mayWrite] of [
      [reading, false],
      [writing, true],
    ] as const) {
      const permissions = (await callerOf({}, tokens))?.permissions;
      if (permissions === undefined) throw new Error('refused');
      const { brands: own, canAccess, canReadPersonalData } = brandAccessOf(permissions, brands);
      expect(owners.map((owner) => canAccess('1004', 'read', owner))).toEqual([false, true, true, false]);
      expect(owners.map((owner) => canAccess('1004', 'write', owner))).toEqual([
        false,
        false,
        mayWrite,
        false,
      ]);
      expect(owners.map((owner) => canAccess('1005', 'read', owner))).toEqual([false, false, false, false]);
      expect(['o1', 'o2'].map((openid) => canReadPersonalData('1004', openid))).toEqual([true, false]);
      expect([own.all(), own.isWritable('1004'), own.isWritable('1005')]).toEqual([
        [{ brandId: '1004', name: '1004', route: 'brand' }],
        mayWrite,
        false,
      ]);
    }
  });

  it('names one caller per user, whatever its subject, and never the openid', async () => {
    const ids = await Promise.all(
      [{ sub: 'a' }, { sub: 'b' }, { openid: 'o2' }].map(async (changes) => (await callerOf(changes))?.id),
    );
    expect(ids[0]).toMatch(/^member:sha256-[0-9a-f]{24}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    const texts = await Promise.all(
      ['o1', 'o2'].map(async (openid) => (await callerOf({ openid }))?.permissions.text),
    );
    expect(texts[0]).not.toBe(texts[1]);
  });

  it('has the openid of each brand in the claim of the configuration', async () => {
    const caller = await callerOf({ scope: 'brand:1004:member brand:1005:member', shop: 'o5' });
    expect([...(caller?.permissions.member?.openids ?? [])]).toEqual([
      ['1004', 'o1'],
      ['1005', 'o5'],
    ]);
  });

  it.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [{ openid: undefined }, /no claim openid/],
    [{ openid: '' }, /not an openid/],
    [{ openid: 5 }, /not an openid/],
    [{ openid: 'o'.repeat(129) }, /not an openid/],
    [{ scope: 'brand:1005:member' }, /no claim shop/],
    [{ scope: 'brand:1004:member brand:1005:pii' }, /of a member and of staff/],
    [{ scope: 'brand:1004:member brand:*:read' }, /of a member and of staff/],
    [{ scope: 'brand:1004:member', scp: ['admin'] }, /of a member and of staff/],
    [{ scope: 'brand:*:member' }, /names each brand/],
  ])('%j is refused with a reason that quotes no value', async (changes, reason) => {
    const error = await callerOf(changes).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ name: 'TokenRefused', message: expect.stringMatching(reason) as string });
  });
});

describe('the scope of a member', () => {
  it('is none of an API key, and the file says why', () => {
    const { record } = aKey('till', ['brand:1004:member']);
    expect(isScope('brand:1004:member')).toBe(false);
    expect(() => parseKeyFile(printKeyFile([record]))).toThrow(/keys\[0\], but a key names no openid/);
  });
});

describe('whose data an interface is about', () => {
  it('is the user of the call, and the brand if the call names none', () => {
    for (const name of interfaceNames) {
      const named = dataOwnerOf(name, 'o1');
      if (typeof named === 'object') {
        expect(named).toEqual({ user: 'o1' });
        expect(dataOwnerOf(name, undefined)).toBe('brand');
      } else expect(dataOwnerOf(name, undefined)).toBe(named);
    }
    expect(interfaceNames.filter((name) => dataOwnerOf(name, 'o1') === 'everyone')).toEqual([
      'GET_CARD_TEMPLATE',
    ]);
  });
});
