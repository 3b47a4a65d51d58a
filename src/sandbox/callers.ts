import { createPublicKey, type KeyObject } from 'node:crypto';
import type { CallerKeys } from './keys';
import type { Route } from './routing';

/** An API certificate, reduced to what verifying a signature needs. */
export interface CallerCertificate {
  /** Upper-case hex. */
  readonly serial: string;
  readonly publicKey: KeyObject;
}

/** The known callers, each with one or more API certificates; during a rotation, the old and the new one are valid. */
export interface Callers {
  knows(route: Route, id: string): boolean;
  certificate(route: Route, id: string, serial: string): CallerCertificate | undefined;
  add(route: Route, id: string, certificate: CallerCertificate): void;
  revoke(route: Route, id: string, serial: string): void;
  reset(): void;
}

export const createCallers = (initial: Readonly<Record<Route, ReadonlyMap<string, CallerKeys>>>): Callers => {
  const listOf = (route: Route) =>
    new Map<string, CallerCertificate[]>([...initial[route]].map(([id, keys]) => [id, [keys]]));
  const start = () => ({ brand: listOf('brand'), partner: listOf('partner') });
  let certificates = start();
  const of = (route: Route, id: string): CallerCertificate[] => certificates[route].get(id) ?? [];
  return {
    knows: (route, id) => certificates[route].has(id),
    certificate: (route, id, serial) => of(route, id).find((one) => one.serial === serial),
    add(route, id, certificate) {
      if (!certificates[route].has(id)) throw new Error('there is no such caller');
      certificates[route].set(id, [...of(route, id), certificate]);
    },
    revoke(route, id, serial) {
      certificates[route].set(
        id,
        of(route, id).filter((one) => one.serial !== serial),
      );
    },
    reset() {
      certificates = start();
    },
  };
};

export interface CertificateChange {
  readonly route: Route;
  readonly id: string;
  readonly add?: { readonly serial: string; readonly publicKeyPem: string };
  readonly revoke?: string;
}

export const changeCertificates = (callers: Callers, { route, id, add, revoke }: CertificateChange): void => {
  if (!callers.knows(route, id)) throw new Error(`id: there is no such ${route}`);
  if (add !== undefined)
    callers.add(route, id, {
      serial: add.serial.toUpperCase(),
      publicKey: createPublicKey(add.publicKeyPem),
    });
  if (revoke !== undefined) callers.revoke(route, id, revoke.toUpperCase());
};
