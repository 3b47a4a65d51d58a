import type { Config } from '../config/config';
import type { Clock } from '../shared/clock';
import { createAccounts, type Accounts } from '../wechatpay/accounts/accounts';
import { createSigners, type SignersDeps } from '../wechatpay/signer/remote-signer';

/** The accounts with their keys, in this process or in others. */
export interface Credentials {
  readonly accounts: Accounts;
  /** Closes the connections to other processes. */
  close(): Promise<void>;
}

export const openCredentials = (
  { wechatPay, network }: Pick<Config, 'wechatPay' | 'network'>,
  clock: Clock,
  observe?: SignersDeps['observe'],
): Credentials => {
  const signers = createSigners({ network, clock, ...(observe === undefined ? {} : { observe }) });
  return { accounts: createAccounts(wechatPay, clock, signers.open), close: () => signers.close() };
};
