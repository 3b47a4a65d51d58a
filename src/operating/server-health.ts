import type { Texts } from '../shared/language';
import { findingKinds } from './finding-kinds';
import type { Finding } from './finding';

/** A certificate or public key whose end is known. */
export interface KeyEnd {
  readonly kind: 'API_CERTIFICATE' | 'PUBLIC_KEY' | 'PLATFORM_CERTIFICATE';
  /** Serial number or public-key id. */
  readonly keyId: string;
  /** Unix time in ms. */
  readonly notAfter: number;
}

/** What this process says of itself, as `/readyz` of the operators' port does. */
export interface ServerHealth {
  readonly status: 'ready' | 'failing' | 'draining';
  readonly findings: readonly (Finding & { readonly meaning: Texts; readonly action: Texts })[];
  /** The one that ends first is the first. */
  readonly keys: readonly KeyEnd[];
}

export const toServerHealth = (
  { status, findings }: { readonly status: ServerHealth['status']; readonly findings: readonly Finding[] },
  keys: readonly { readonly kind: KeyEnd['kind']; readonly id: string; readonly notAfter: number }[],
): ServerHealth => ({
  status,
  findings: findings.map((one) => ({
    ...one,
    meaning: findingKinds[one.code].meaning,
    action: findingKinds[one.code].action,
  })),
  keys: keys.map(({ id, ...key }) => ({ ...key, keyId: id })).sort((a, b) => a.notAfter - b.notAfter),
});
