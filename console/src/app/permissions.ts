import { useSession } from './session';

export type Action = 'read' | 'write' | 'pii';

/** Whether the scopes grant an action on a brand. The server decides; this only says beforehand what it will decide. */
export const grants = (scopes: readonly string[], action: Action, brandId: string): boolean =>
  scopes.some((scope) => {
    const [kind, brand, granted] = scope.split(':');
    if (kind !== 'brand' || (brand !== '*' && brand !== brandId)) return false;
    // `write` and `pii` include `read`.
    return granted === action || (action === 'read' && (granted === 'write' || granted === 'pii'));
  });

/** Whether the reader may do this with the chosen brand. */
export const useMay = (action: Action): boolean => {
  const { viewer, brand } = useSession();
  return grants(viewer.scopes, action, brand.brandId);
};

export const useIsAdmin = (): boolean => useSession().viewer.scopes.includes('admin');
