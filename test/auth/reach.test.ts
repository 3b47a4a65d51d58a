import { permissionsOf } from '../../src/auth/permissions';
import { reachOf } from '../../src/auth/reach';

const a = { brandId: '1', name: 'A' };
const b = { brandId: '2', name: 'B' };
const brands = new Map([a, b].map((brand) => [brand.brandId, brand]));

describe('what a caller reaches', () => {
  it('is their brands alone, in whatever way they are asked for', () => {
    const reach = reachOf(permissionsOf(['brand:1:read']), brands);
    expect([reach.brands.get('1'), reach.brands.get('2')]).toEqual([a, undefined]);
    expect(reach.brands.all()).toEqual([a]);
    expect([reach.mayReach('1', 'read'), reach.mayReach('2', 'read')]).toEqual([true, false]);
  });

  it('is not changed by those who only read, nor seen in clear', () => {
    const reach = reachOf(permissionsOf(['brand:1:read', 'brand:2:write', 'brand:2:pii']), brands);
    expect([reach.brands.isWritable('1'), reach.brands.isWritable('2')]).toEqual([false, true]);
    expect([reach.mayReach('1', 'write'), reach.mayReach('2', 'write')]).toEqual([false, true]);
    expect([reach.maySee('1'), reach.maySee('2')]).toEqual([false, true]);
  });

  it('is what is configured, also for a caller of every brand', () => {
    const reach = reachOf(permissionsOf(['brand:*:write']), brands);
    expect(reach.brands.all()).toEqual([a, b]);
    expect([reach.brands.get('3'), reach.brands.isWritable('3'), reach.mayReach('3', 'read')]).toEqual([
      undefined,
      false,
      false,
    ]);
  });
});
