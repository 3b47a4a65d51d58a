import type { Clock } from '../../shared/clock';
import type { AppError } from '../../shared/errors';
import type { Send } from '../../traffic/calls/call';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { createPartnerCertificates, type PartnerCertificates } from './partner-certificates';

/**
 * Keeps the platform certificates of each partner current, also of one that is added later. They are refreshed on a schedule if they take the place of a public key.
 * Beside a public key they are downloaded only when WeChat Pay signs with one, as it does for 7 days after the change from
 * certificates to public keys (partner 4012925289).
 */
export interface CertificateRefresh {
  /** Downloads missing certificates, then refreshes them. Resolves when they are here or the download has failed; never rejects. */
  start(): Promise<void>;
  stop(): void;
  /**
   * Called with a serial that the account does not know. Downloads if it can be that of a certificate. Callers share one
   * download; there are at most six a minute and partner. Never rejects.
   */
  readonly refresh: (account: Account, serial: string) => Promise<void>;
  /** Why the account's last download failed; `undefined` if it did not, or there was none. */
  readonly failure: (account: Account) => AppError | undefined;
  /**
   * The partners that can verify nothing, by mchid, with the reason and what to do. One with a public key or a valid certificate is
   * not among them.
   */
  readonly problems: () => ReadonlyMap<string, string>;
}

export interface CertificateRefreshDeps {
  readonly accounts: Accounts;
  readonly clock: Clock;
  /** The pipeline: the download has hosts, attempts and a limit like every other call. */
  readonly send: Send;
}

export const createCertificateRefresh = ({
  accounts,
  clock,
  send,
}: CertificateRefreshDeps): CertificateRefresh => {
  const byAccount = new Map<Account, PartnerCertificates>();
  let stopped = false;
  /** `undefined` for accounts that are no partner's, or no longer. */
  const of = (account: Account): PartnerCertificates | undefined => {
    const known = byAccount.get(account);
    if (!accounts.partners().includes(account)) {
      known?.stop();
      byAccount.delete(account);
      return undefined;
    }
    if (known !== undefined) return known;
    const fresh = createPartnerCertificates({ account, clock, send });
    byAccount.set(account, fresh);
    return fresh;
  };

  return {
    async start() {
      accounts.onPartnerAdded((account) => {
        for (const known of [...byAccount.keys()]) of(known);
        if (!stopped) void of(account)?.start();
      });
      await Promise.all(accounts.partners().map((account) => of(account)?.start() ?? Promise.resolve()));
    },
    stop() {
      stopped = true;
      for (const certificates of byAccount.values()) certificates.stop();
    },
    refresh: (account, serial) => of(account)?.refresh(serial) ?? Promise.resolve(),
    failure: (account) => of(account)?.failure(),
    problems: () =>
      new Map(
        accounts.partners().flatMap((account) => {
          const problem = of(account)?.problem();
          return problem === undefined ? [] : [[account.signer().id, problem] as const];
        }),
      ),
  };
};
