import { join } from 'node:path';
import type { LedgerCall } from '../measure/score';
import { startChild } from './child';
import { benchDir } from './places';

/** Names are those of src/sandbox/faults.ts. */
export type Fault = Readonly<Record<string, string | number>>;

export interface Provision {
  readonly wechatPay: { readonly publicKeyId: string; readonly publicKeyPem: string };
  readonly brands: readonly {
    readonly brandId: string;
    readonly name: string;
    readonly serial: string;
    readonly privateKeyPem: string;
  }[];
}

/** The stand-in upstream as the harness sees it, through its control API. */
export interface StandIn {
  readonly url: string;
  readonly provision: Provision;
  /** The state of its start, an empty ledger, and only the network's delay for a fault. */
  reset(): Promise<void>;
  /** In place of all earlier ones but the delay. */
  setFaults(faults: readonly Fault[]): Promise<void>;
  /** Lets calls through that the documented limits would refuse, until the next reset. */
  liftLimits(): Promise<void>;
  takeLedger(): Promise<readonly LedgerCall[]>;
  stop(): Promise<void>;
}

/** What an exchange with a host in the same country takes, assumed for every contender alike. */
const network = { kind: 'delay', delayMs: 60, jitterMs: 40 };
/** In the mean. */
export const tripMs = network.delayMs + network.jitterMs / 2;
export const membersPerBrand = 600;

export const startStandIn = async (): Promise<StandIn> => {
  const { url, stop } = await startChild({
    file: join(benchDir, 'dist', 'harness', 'upstream.js'),
    args: [String(membersPerBrand)],
  });
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}/sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the stand-in answered ${answer.status} to ${method} ${path}`);
    return (await answer.json()) as T;
  };
  const setFaults = async (faults: readonly Fault[]): Promise<void> => {
    await control('PUT', 'faults', [network, ...faults]);
  };
  return {
    url,
    provision: await control<Provision>('GET', 'provision'),
    async reset() {
      await control('POST', 'reset');
      await setFaults([]);
    },
    setFaults,
    async liftLimits() {
      await control('PUT', 'limits', { limits: { GET_USER_CARD: 10_000, GET_CARD_TEMPLATE: 10_000 } });
    },
    async takeLedger() {
      const { entries } = await control<{ entries: LedgerCall[] }>('GET', 'ledger');
      await control('DELETE', 'ledger');
      return entries;
    },
    stop,
  };
};
