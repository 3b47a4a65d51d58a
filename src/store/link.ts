import { createHash } from 'node:crypto';
import { createCluster } from '@redis/client';
import type { Clock } from '../shared/clock';
import { clientOf, end, inTime, socketOf, type StoreAddress } from './client';
import { currentAddress } from './sentinel';
import { refusalOf, StoreRefused } from './store-failure';

/** The commands that this server gives to Redis, apart from scripts. Every key is on one node of a cluster. */
export type StoreCommands = Pick<
  ReturnType<typeof clientOf>,
  | 'eval'
  | 'evalSha'
  | 'get'
  | 'getDel'
  | 'mGet'
  | 'pTTL'
  | 'set'
  | 'xAck'
  | 'xAutoClaim'
  | 'xClaimJustId'
  | 'xDel'
  | 'xGroupCreate'
  | 'xRange'
  | 'xReadGroup'
  | 'xRevRange'
>;

/** One connection to Redis, or one to each primary of a cluster. It never reconnects: when it is lost, a new one is opened. */
export interface Link {
  readonly commands: StoreCommands;
  readonly isCluster: boolean;
  /** Differs after a restart or failover of any server: it may then have forgotten writes. */
  readonly runId: string;
  /** INFO of every primary. Without it nobody knows what kind of store it is, or when it has lost its data. */
  info(): Promise<readonly string[]>;
  /** Resolves with the reason when the connection is lost, not when it is closed here. */
  readonly lost: Promise<unknown>;
  close(): void;
}

export interface LinkOptions extends StoreAddress {
  readonly clock: Clock;
}

const clusterOf = ({ url, authorities }: Pick<LinkOptions, 'url' | 'authorities'>) => {
  const { username, password } = new URL(url);
  return createCluster({
    rootNodes: [{ url }],
    defaults: {
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      disableOfflineQueue: true,
      disableClientInfo: true,
      socket: socketOf({ url, authorities }),
    },
  });
};

/**
 * Rejects if the server cannot be reached or refuses the credentials, with StoreRefused if it is a Sentinel, or if no Sentinel knows
 * the primary.
 */
export const openLink = async (address: LinkOptions): Promise<Link> => {
  const { lost, onLost } = lostPromise();
  const options = { ...address, url: await currentAddress(address, address.clock) };
  const client = clientOf(options).on('error', onLost);
  try {
    await inTime(client.connect(), options.clock);
    const info = await inTime(client.info(), options.clock);
    if (/^redis_mode:sentinel/m.test(info)) throw new StoreRefused('sentinel');
    if (!/^cluster_enabled:1/m.test(info))
      return {
        commands: client,
        isCluster: false,
        runId: runIdOf([info]),
        info: async () => [await client.info()],
        lost,
        close: () => {
          end(client);
        },
      };
  } catch (error) {
    end(client);
    throw refusalOf(error) ?? error;
  }
  end(client);
  return openCluster(options);
};

const openCluster = async (options: LinkOptions): Promise<Link> => {
  const { lost, onLost } = lostPromise();
  let reason: unknown;
  const cluster = clusterOf(options)
    .on('error', (error: unknown) => {
      reason = error;
    })
    .on('node-error', onLost);
  const info = () =>
    Promise.all(cluster.masters.map(async (node) => (await cluster.nodeClient(node)).info()));
  try {
    await inTime(cluster.connect(), options.clock);
    const infos = await inTime(info(), options.clock);
    return {
      // The same commands; those that concern no key are not among them.
      commands: cluster as unknown as StoreCommands,
      isCluster: true,
      runId: runIdOf(infos),
      info,
      lost,
      close: () => {
        end(cluster);
      },
    };
  } catch (error) {
    end(cluster);
    // The cluster's own error only says that no node could be used.
    throw refusalOf(reason) ?? reason ?? error;
  }
};

const lostPromise = () => {
  let onLost: (reason: unknown) => void = () => undefined;
  const lost = new Promise<unknown>((resolve) => (onLost = resolve));
  return { lost, onLost };
};

/** Run ids of all servers, in any order. */
const runIdOf = (infos: readonly string[]): string => {
  const ids = infos.map((info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? '').sort();
  return ids.length === 1 ? (ids[0] ?? '') : createHash('sha1').update(ids.join()).digest('hex');
};
