import { createCallPolicies, type PolicyConfig } from '../../src/app/call-policies';
import { permissionsOf } from '../../src/auth/permissions';
import { demoConfig } from '../../src/cli/demo';
import type { BrandSettings } from '../../src/wechatpay/settings';
import { aBucket, anAttempt } from '../support/calls';
import { startSandbox } from '../support/sandbox';

describe('what the configuration says of calls', () => {
  let base: PolicyConfig;
  beforeAll(async () => {
    const sandbox = await startSandbox({ membersPerBrand: 1 });
    await sandbox.close();
    base = demoConfig(sandbox, 0);
  });
  const withBrand = (brand: Partial<BrandSettings>): PolicyConfig => ({
    ...base,
    wechatPay: {
      ...base.wechatPay,
      limits: { GET_USER_CARD: { brand: 7 } },
      brands: [{ brandId: '1004', name: 'a', route: 'brand', ...brand }],
    },
  });

  it('has the limit that a brand was granted, then that of the route, then the documented one', () => {
    const { limits, replace } = createCallPolicies(withBrand({ limits: { GET_USER_CARD: 20 } }));
    const ofBrand = { route: 'brand', id: '1004' } as const;
    expect(limits.of('GET_USER_CARD', ofBrand)).toBe(20);
    expect(limits.of('GET_USER_CARD', { route: 'brand', id: '1005' })).toBe(7);
    expect(limits.of('GET_USER_CARD', { route: 'partner', id: '1004' })).toBe(10);
    expect(limits.of('UPDATE_USER_CARD', ofBrand)).toBe(5);
    replace(withBrand({ limits: { GET_USER_CARD: 30 } }));
    expect(limits.of('GET_USER_CARD', ofBrand)).toBe(30);
  });

  it('keeps a reserve only for brands that use the limit of a partner', () => {
    const budget = { reserve: { share: 0.1 } };
    const unreserved = (brand: Partial<BrandSettings>) =>
      createCallPolicies(withBrand({ ...brand, budget })).budgets.of(
        anAttempt({ account: { route: 'partner', id: '1900000001' }, bucket: aBucket(10), brandId: 'b' }),
      ).unreserved?.callsPerSecond;
    expect(unreserved({ route: 'partner' })).toBe(9);
    // These have a credential of their own.
    expect(unreserved({ route: 'auto' })).toBeUndefined();
    expect(unreserved({ route: 'brand' })).toBeUndefined();
    expect(unreserved({ route: 'auto', brandId: '1005' })).toBe(9);
  });

  it('shows what each brand and caller may use beside what they used', () => {
    const { named } = createCallPolicies({
      ...withBrand({ route: 'partner', budget: { reserve: { share: 0.125 } } }),
      budgets: { brandCeiling: { share: 0.5 } },
      callers: [{ caller: 'key:crm', ceiling: { callsPerSecond: 2 } }],
    });
    const used = (ids: readonly (string | undefined)[]) => () => ({
      since: 0,
      calls: 0,
      refused: 0,
      users: ids.map((id) => ({ id, calls: 1, refused: 0 })),
    });
    const shown = (by: 'BRAND' | 'CALLER', ids: readonly (string | undefined)[]) =>
      named(used(ids))({ lastMs: 1, by }).users.map(({ ceiling, reserve }) => [ceiling, reserve]);
    expect(shown('BRAND', ['1004', '1005', undefined])).toEqual([
      ['50%', '12.5%'],
      ['50%', undefined],
      [undefined, undefined],
    ]);
    expect(shown('CALLER', ['key:crm', 'key:desk'])).toEqual([
      ['2', undefined],
      [undefined, undefined],
    ]);
  });

  it('knows background callers by their credential and by the configuration, which may change', () => {
    const { lanes, replace } = createCallPolicies({
      ...base,
      callers: [{ caller: 'key:crm', lane: 'bulk' }],
    });
    const caller = { id: 'key:desk', permissions: permissionsOf([]) };
    expect(lanes.isBackground(caller)).toBe(false);
    expect(lanes.isBackground({ ...caller, lane: 'bulk' })).toBe(true);
    expect(lanes.isBackground({ ...caller, id: 'key:crm' })).toBe(true);
    replace({ ...base, callers: [{ caller: 'key:desk', lane: 'bulk' }, { caller: 'key:crm' }] });
    expect(lanes.isBackground(caller)).toBe(true);
    expect(lanes.isBackground({ ...caller, id: 'key:crm' })).toBe(false);
  });
});
