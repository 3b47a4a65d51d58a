import type { Clock } from '../shared/clock';
import { clientOf, end, inTime, type StoreAddress } from './client';
import { StoreRefused } from './store-failure';

/**
 * The address of the store now. Without Sentinels, it is the configured one. Otherwise they are asked in turn for the primary that
 * has the name; user, password, database and TLS stay those of the address. As every lost connection is replaced, this is all that
 * a failover needs. Rejects with StoreRefused if Sentinels answer and none knows the name, or with the last one's failure.
 */
export const currentAddress = async (
  { url, authorities, sentinels = [] }: StoreAddress,
  clock: Clock,
): Promise<string> => {
  if (sentinels.length === 0) return url;
  const address = new URL(url);
  let failure: unknown;
  for (const sentinel of sentinels) {
    try {
      const primary = await primaryAt({ url: sentinel, authorities }, { name: address.hostname, clock });
      if (primary === undefined) {
        failure = new StoreRefused('sentinel');
        continue;
      }
      // An IPv6 address comes without brackets.
      address.host = primary.host.includes(':')
        ? `[${primary.host}]:${primary.port}`
        : `${primary.host}:${primary.port}`;
      return address.href;
    } catch (error) {
      // Another one may answer; that one does not know the name remains the better reason.
      if (!(failure instanceof StoreRefused)) failure = error;
    }
  }
  throw failure;
};

interface Primary {
  readonly host: string;
  readonly port: string;
}

/** `undefined` if the Sentinel knows no primary of the name. */
const primaryAt = async (
  at: Pick<StoreAddress, 'url' | 'authorities'>,
  { name, clock }: { readonly name: string; readonly clock: Clock },
): Promise<Primary | undefined> => {
  const client = clientOf(at).on('error', () => undefined);
  try {
    await inTime(client.connect(), clock);
    const reply: unknown = await inTime(
      client.sendCommand(['SENTINEL', 'get-master-addr-by-name', name]),
      clock,
    );
    if (!Array.isArray(reply)) return undefined;
    const [host, port] = reply.map(String);
    return host === undefined || port === undefined ? undefined : { host, port };
  } finally {
    end(client);
  }
};
