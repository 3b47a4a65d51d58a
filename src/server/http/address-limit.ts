import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface AddressLimitOptions {
  /** Open connections of one address. */
  readonly max: number;
  /** Called for each connection that is closed because its address has too many. */
  readonly onRefused: () => void;
}

/**
 * Closes further connections of an address that has `max` open ones. Counts what the socket says: behind a proxy that is the
 * proxy's address. No forwarded header is read, because whoever reaches the port could write one.
 */
export const limitConnectionsPerAddress = (server: Server, { max, onRefused }: AddressLimitOptions): void => {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    // Without an address, the connection has already ended.
    if (socket.remoteAddress === undefined) return;
    const address = networkOf(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    if (count > max) {
      onRefused();
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
};

/** An IPv4 address as it is; of an IPv6 address, the network of 64 bits, all of which one host may use. */
export const networkOf = (address: string): string => {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const first = groups(head);
  const last = groups(tail ?? '');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
};
