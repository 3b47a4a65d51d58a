import fc from 'fast-check';
import { brandActions, isScope, permissionsOf } from '../../src/auth/permissions';

describe('the permissions of a caller', () => {
  it('deny what was not granted', () => {
    const none = permissionsOf([]);
    for (const action of brandActions) {
      expect(none.may(action, '1004')).toBe(false);
      expect(none.mayAnywhere(action)).toBe(false);
    }
    expect([none.has('schema:read'), none.has('admin')]).toEqual([false, false]);
  });

  it.each([
    ['brand:1004:read', ['read']],
    ['brand:1004:write', ['read', 'write']],
    ['brand:1004:pii', ['read', 'pii']],
  ])('%s grants %j for this brand and nothing for another', (scope, given) => {
    const permissions = permissionsOf([scope]);
    expect(brandActions.filter((action) => permissions.may(action, '1004'))).toEqual(given);
    expect(brandActions.filter((action) => permissions.mayAnywhere(action))).toEqual(given);
    expect(brandActions.filter((action) => permissions.may(action, '1005'))).toEqual([]);
  });

  it('can be granted for every brand', () => {
    expect(permissionsOf(['brand:*:pii']).may('pii', '1005')).toBe(true);
    expect(permissionsOf(['brand:*:pii']).may('write', '1005')).toBe(false);
  });

  it('are not extended by a brand with the id *', () => {
    expect(permissionsOf(['brand:1004:read']).may('read', '*')).toBe(false);
  });

  it('of an admin include the schema and no brand', () => {
    const admin = permissionsOf(['admin']);
    expect([admin.has('admin'), admin.has('schema:read')]).toEqual([true, true]);
    expect(brandActions.filter((action) => admin.mayAnywhere(action))).toEqual([]);
  });

  it('of a schema reader do not include administration', () => {
    expect(permissionsOf(['schema:read']).has('admin')).toBe(false);
  });

  it.each([
    'brand:1004',
    'brand:1004:delete',
    'brand::read',
    'brand:1004:read:write',
    'Brand:1004:read',
    'brand:10 04:read',
    ' brand:1004:read',
    'brand:**:read',
    'openid',
    '',
  ])('are empty for %j', (scope) => {
    expect(isScope(scope)).toBe(false);
    const permissions = permissionsOf([scope]);
    expect(brandActions.some((action) => permissions.mayAnywhere(action))).toBe(false);
    expect(permissions.has('schema:read')).toBe(false);
  });

  it('for one brand never include another one, with any scopes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom(...brandActions.map((action) => `brand:1004:${action}`)), fc.string()),
        ),
        (scopes) => {
          const permissions = permissionsOf(scopes.filter((scope) => !scope.includes('*')));
          return brandActions.every((action) => !permissions.may(action, '1005'));
        },
      ),
    );
  });
});
