import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Send } from '../../traffic/calls/call';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { certificatesIn, certificatesRequest } from './certificates';

/**
 * Keeps the partner's platform certificates current. They are refreshed on a schedule if they take the place of a public key.
 * Beside a public key they are downloaded only when WeChat Pay signs with one, as it does for 7 days after the change from
 * certificates to public keys (partner 4012925289).
 */
export interface CertificateRefresh {
  /** Downloads missing certificates, then refreshes them. Resolves when they are here or the download has failed; never rejects. */
  start(): Promise<void>;
  stop(): void;
  /**
   * Called with a serial that the account does not know. Downloads if it can be that of a certificate. Callers share one
   * download; there are at most six a minute. Never rejects.
   */
  readonly refresh: (account: Account, serial: string) => Promise<void>;
  /** Why the last download failed; `undefined` if it did not, or there was none. */
  readonly failure: () => AppError | undefined;
  /** Why the partner route can verify nothing, and what to do; `undefined` if it has a public key or a valid certificate. */
  readonly problem: () => string | undefined;
}

export interface CertificateRefreshDeps {
  readonly accounts: Accounts;
  readonly clock: Clock;
  /** The pipeline: the download has hosts, attempts and a limit like every other call. */
  readonly send: Send;
}

const minuteMs = 60_000;
/** "Poll at least every 12 hours" (partner 4012715700); a new certificate is offered at least 120 days before the expiry. */
const everyMs = 11 * 60 * minuteMs;
/** After a failed download, while known certificates are still valid. */
const retryMs = minuteMs;
/** After a failed download, while there is no valid certificate. */
const urgentMs = 15_000;
const downloadTimeoutMs = 5_000;
/** Anybody can send a notification with an unknown serial, so downloads are bounded. */
const maxDownloadsAMinute = 6;
/** No document states a limit; this server never comes near it. */
const callsPerSecond = 10;

/** Public keys have ids of another form, and no download brings them. */
const certificateSerial = /^[0-9A-F]{8,64}$/i;

export const createCertificateRefresh = ({
  accounts: { partner },
  clock,
  send,
}: CertificateRefreshDeps): CertificateRefresh => {
  let cancel: () => void = () => undefined;
  let underway: Promise<void> | undefined;
  let failure: AppError | undefined;
  /** Until then, WeChat Pay's answer that the merchant has no certificates counts. */
  let noneUntil = -Infinity;
  /** When the downloads of the last minute began. */
  let begun: readonly number[] = [];
  let askedAt = -Infinity;
  let stopped = false;

  const download = async (account: Account): Promise<void> => {
    askedAt = clock.now();
    begun = [...begun.filter((at) => askedAt - at < minuteMs), askedAt];
    const { id } = account.signer();
    try {
      const { data } = await send({
        interfaceName: 'GET_CERTIFICATES',
        brandId: '',
        account: { route: 'partner', id },
        bucket: { id: `mchid/${id}/GET_CERTIFICATES`, callsPerSecond },
        access: 'read',
        owner: 'brand',
        idempotency: 'read',
        request: () => certificatesRequest(account),
        lane: 'interactive',
        caller: 'certificates',
        canAccess: () => true,
        deadline: askedAt + downloadTimeoutMs,
      });
      account.addCertificates(certificatesIn(data, account));
      failure = undefined;
    } catch (error) {
      failure = error instanceof AppError ? error : new AppError('UPSTREAM_MALFORMED', 'it cannot be read');
      // 404: this merchant has public keys only (partner 4012073263).
      if (failure.code === 'NOT_FOUND') noneUntil = clock.now() + everyMs;
    }
  };
  const share = (account: Account): Promise<void> => {
    underway ??= download(account).finally(() => {
      underway = undefined;
    });
    return underway;
  };

  const hasValid = (account: Account): boolean =>
    account.certificates().some(({ notAfter }) => clock.wallNow() < notAfter);
  // Asked anew each time, because a reload may add or remove public keys and the APIv3 key.
  const isScheduled = (account: Account): boolean =>
    account.publicKeyId() === undefined && account.symmetricKeys().length > 0;
  const intervalOf = (account: Account): number => {
    if (!hasValid(account)) return urgentMs;
    return failure === undefined ? everyMs : retryMs;
  };
  const schedule = (account: Account, ms: number): void => {
    // A download may end after stop().
    if (stopped) return;
    cancel = clock.after(ms, () => {
      const isDue = isScheduled(account) && clock.now() - askedAt >= intervalOf(account);
      void (isDue ? share(account) : Promise.resolve()).then(() => {
        schedule(account, Math.min(minuteMs, intervalOf(account)));
      });
    });
  };

  return {
    async start() {
      if (partner === undefined) return;
      const isMissing = isScheduled(partner) && !hasValid(partner);
      if (isMissing) await share(partner);
      schedule(partner, isMissing ? Math.min(minuteMs, intervalOf(partner)) : 0);
    },
    stop() {
      stopped = true;
      cancel();
    },
    async refresh(account, serial) {
      if (account !== partner || account.symmetricKeys().length === 0) return;
      if (!certificateSerial.test(serial) || clock.now() < noneUntil) return;
      const isAllowed = begun.filter((at) => clock.now() - at < minuteMs).length < maxDownloadsAMinute;
      if (underway !== undefined || isAllowed) await share(account);
    },
    failure: () => failure,
    problem() {
      if (partner === undefined || partner.publicKeyId() !== undefined || hasValid(partner)) return undefined;
      const lack = 'the partner route has no valid platform certificate and no public key of WeChat Pay';
      if (!isScheduled(partner)) return `${lack}; configure partner.publicKeys, or partner.apiV3KeyFile`;
      if (failure === undefined) return `${lack}; they are being downloaded`;
      if (failure.code === 'NOT_FOUND')
        return `${lack}: WeChat Pay has no certificates for this mchid; configure partner.publicKeys`;
      return `${lack}: the download failed (${failure.message}) and is repeated. ${adviceOn(failure)}`;
    },
  };
};

const adviceOn = ({ code, hint }: AppError): string =>
  hint?.[0] ??
  (code === 'MISCONFIGURED'
    ? 'Check partner.apiV3KeyFile.'
    : 'Check the way to the hosts, or configure partner.publicKeys.');
