import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Send } from '../../traffic/calls/call';
import type { Account } from '../accounts/account';
import { certificatesIn, certificatesRequest } from './certificates';

/** Keeps the platform certificates of one partner current. See CertificateRefresh. */
export interface PartnerCertificates {
  start(): Promise<void>;
  stop(): void;
  readonly refresh: (serial: string) => Promise<void>;
  readonly failure: () => AppError | undefined;
  readonly problem: () => string | undefined;
}

export interface PartnerCertificatesDeps {
  readonly account: Account;
  readonly clock: Clock;
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

export const createPartnerCertificates = ({
  account,
  clock,
  send,
}: PartnerCertificatesDeps): PartnerCertificates => {
  let cancel: () => void = () => undefined;
  let underway: Promise<void> | undefined;
  let failure: AppError | undefined;
  /** Until then, WeChat Pay's answer that the merchant has no certificates counts. */
  let noneUntil = -Infinity;
  /** When the downloads of the last minute began. */
  let begun: readonly number[] = [];
  let askedAt = -Infinity;
  let stopped = false;

  const download = async (): Promise<void> => {
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
  const share = (): Promise<void> => {
    underway ??= download().finally(() => {
      underway = undefined;
    });
    return underway;
  };

  const hasValid = (): boolean => account.certificates().some(({ notAfter }) => clock.wallNow() < notAfter);
  // Asked anew each time, because a reload may add or remove public keys and the APIv3 key.
  const isScheduled = (): boolean =>
    account.publicKeyId() === undefined && account.symmetricKeys().length > 0;
  const interval = (): number => {
    if (!hasValid()) return urgentMs;
    return failure === undefined ? everyMs : retryMs;
  };
  const schedule = (ms: number): void => {
    // A download may end after stop().
    if (stopped) return;
    cancel = clock.after(ms, () => {
      const isDue = isScheduled() && clock.now() - askedAt >= interval();
      void (isDue ? share() : Promise.resolve()).then(() => {
        schedule(Math.min(minuteMs, interval()));
      });
    });
  };

  return {
    async start() {
      const isMissing = isScheduled() && !hasValid();
      if (isMissing) await share();
      schedule(isMissing ? Math.min(minuteMs, interval()) : 0);
    },
    stop() {
      stopped = true;
      cancel();
    },
    async refresh(serial) {
      if (account.symmetricKeys().length === 0) return;
      if (!certificateSerial.test(serial) || clock.now() < noneUntil) return;
      const isAllowed = begun.filter((at) => clock.now() - at < minuteMs).length < maxDownloadsAMinute;
      if (underway !== undefined || isAllowed) await share();
    },
    failure: () => failure,
    problem() {
      if (account.publicKeyId() !== undefined || hasValid()) return undefined;
      const lack = 'the partner route has no valid platform certificate and no public key of WeChat Pay';
      if (!isScheduled()) return `${lack}; configure partner.publicKeys, or partner.apiV3KeyFile`;
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
