import { permissionsOf } from '../../src/auth/permissions';
import { createBrands } from '../../src/wechatpay/accounts/brands';
import { brandAccessOf } from '../../src/auth/brand-access';

const a = { brandId: '1', name: 'A', route: 'brand' } as const;
const b = { brandId: '2', name: 'B', route: 'brand' } as const;
const brands = createBrands([a, b]);

describe('the brands that a caller can access', () => {
  it('are only their own, in lists and by id', () => {
    const access = brandAccessOf(permissionsOf(['brand:1:read']), brands);
    expect([access.brands.get('1'), access.brands.get('2')]).toEqual([a, undefined]);
    expect(access.brands.all()).toEqual([a]);
    expect([access.canAccess('1', 'read', 'brand'), access.canAccess('2', 'read', 'brand')]).toEqual([
      true,
      false,
    ]);
  });

  it('can be neither written nor read in clear with the permission read', () => {
    const access = brandAccessOf(permissionsOf(['brand:1:read', 'brand:2:write', 'brand:2:pii']), brands);
    expect([access.brands.isWritable('1'), access.brands.isWritable('2')]).toEqual([false, true]);
    expect([access.canAccess('1', 'write', 'brand'), access.canAccess('2', 'write', 'brand')]).toEqual([
      false,
      true,
    ]);
    expect([access.canReadPersonalData('1', 'o1'), access.canReadPersonalData('2', 'o1')]).toEqual([
      false,
      true,
    ]);
  });

  it('are configured ones, even for a caller of every brand', () => {
    const access = brandAccessOf(permissionsOf(['brand:*:write']), brands);
    expect(access.brands.all()).toEqual([a, b]);
    expect([
      access.brands.get('3'),
      access.brands.isWritable('3'),
      access.canAccess('3', 'read', 'brand'),
    ]).toEqual([undefined, false, false]);
  });
});
