import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { buildConnector } from 'undici';

/** The host of a webhook has an address that is not of the public internet. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'PRIVATE_ADDRESS';
  constructor() {
    super('the host has an address of a private network, which allowPrivateNetwork does not allow');
  }
}

/** Whether an address belongs to the public internet: not loopback, private, link-local, shared, reserved or multicast. */
export const isPublicAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';

/** The host of a URL, if it is an address and not a name; without brackets. */
export const addressIn = (hostname: string): string | undefined => {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) === 0 ? undefined : address;
};

/**
 * Resolves names as the system does, and fails if any address is not public. It is called by the connection itself, so a name that
 * resolves to something else a moment later leads nowhere else.
 */
export const publicLookup =
  (resolve: typeof systemLookup = systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = (addresses as typeof addresses | undefined) ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error('no address'), '', 0);
        return;
      }
      if (!addresses.every(({ address }) => isPublicAddress(address))) callback(new AddressRefused(), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

/** A connection to an address does not resolve anything, so the address itself is checked. */
export const refusePrivateAddresses =
  (connect: buildConnector.connector): buildConnector.connector =>
  (options, callback) => {
    const address = addressIn(options.hostname);
    if (address !== undefined && !isPublicAddress(address)) callback(new AddressRefused(), null);
    else connect(options, callback);
  };
