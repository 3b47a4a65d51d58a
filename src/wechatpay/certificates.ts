import { X509Certificate } from 'node:crypto';
import { request } from 'undici';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { Accounts, Account } from './accounts';
import { list, record, text } from './decode';
import { openEnvelope } from './encryption';
import type { PlatformCertificate, WechatPaySettings } from './settings';
import { authorization, randomNonce, readSignature, whyInvalid } from './signature';

/** Keeps the partner's platform certificates current, where it uses them instead of a public key. */
export interface CertificateRefresh {
  /** Downloads what is missing, then keeps it fresh. Rejects with AppError where nothing could be had at start. */
  start(): Promise<void>;
  stop(): void;
  /** Asks again because an answer names an unknown certificate; shared between callers, at most once a minute. */
  refresh(account: Account): Promise<void>;
}

export interface CertificateRefreshParts {
  readonly accounts: Accounts;
  readonly settings: Pick<WechatPaySettings, 'hosts' | 'timeouts'>;
  readonly clock: Clock;
}

const target = '/v3/certificates';
/** "Poll at least every 12 hours" (partner 4012715700). */
const everyMs = 11 * 3_600_000;
const retryMs = 60_000;
const coolDownMs = 60_000;

export const createCertificateRefresh = ({
  accounts,
  settings,
  clock,
}: CertificateRefreshParts): CertificateRefresh => {
  const { partner } = accounts;
  const applies =
    partner !== undefined && partner.symmetricKey() !== undefined && partner.publicKeyId() === undefined;
  let cancel: () => void = () => undefined;
  let underway: Promise<void> | undefined;
  let refreshedAt = -Infinity;

  const download = async (account: Account): Promise<void> => {
    refreshedAt = clock.now();
    const found = await fetchCertificates(account, { settings, clock });
    account.addCertificates(found);
  };
  const share = (account: Account): Promise<void> => {
    underway ??= download(account).finally(() => {
      underway = undefined;
    });
    return underway;
  };
  const schedule = (ms: number): void => {
    cancel = clock.after(ms, () => {
      if (partner === undefined) return;
      // What is held stays valid while the download fails; it is tried again soon.
      share(partner).then(
        () => {
          schedule(everyMs);
        },
        () => {
          schedule(retryMs);
        },
      );
    });
  };

  return {
    async start() {
      if (!applies) return;
      if (partner.certificates().length === 0) await share(partner);
      schedule(everyMs);
    },
    stop() {
      cancel();
    },
    async refresh(account) {
      if (!applies || account !== partner || clock.now() - refreshedAt < coolDownMs) return;
      await share(account).catch(() => undefined);
    },
  };
};

const envelope = record({ nonce: text, associatedData: text, ciphertext: text });
const answer = record({ data: list(record({ serialNo: text, encryptCertificate: envelope })) });

/**
 * The first download can be trusted only because it opens under the APIv3 key; its signature must still be by one of the
 * certificates that it brings.
 */
const fetchCertificates = async (
  account: Account,
  { settings, clock }: Pick<CertificateRefreshParts, 'settings' | 'clock'>,
): Promise<readonly PlatformCertificate[]> => {
  const apiV3Key = account.symmetricKey();
  if (apiV3Key === undefined) throw new AppError('MISCONFIGURED', 'platform certificates need the APIv3 key');
  const { status, headers, body } = await exchange(account, { settings, clock });
  if (status !== 200)
    throw new AppError('MISCONFIGURED', `the platform certificates could not be downloaded (${status})`, {
      publicMessage: [
        'WeChat Pay gave no platform certificates; configure a WeChat Pay public key instead.',
        '无可用的微信支付平台证书,请改为配置微信支付公钥。',
      ],
    });
  const certificates = answer(JSON.parse(body), 'body').data.map(({ encryptCertificate }) =>
    toPlatformCertificate(openEnvelope(encryptCertificate, apiV3Key)),
  );
  const signature = readSignature(headers);
  const signer =
    signature === undefined || signature === 'incomplete'
      ? undefined
      : certificates.find(({ serial }) => serial === signature.serial.toUpperCase());
  const reason =
    signer === undefined || signature === undefined || signature === 'incomplete'
      ? 'it is not signed by a certificate that it brings'
      : await whyInvalid({ ...signature, body, key: signer.key, now: clock.now() });
  if (reason !== undefined)
    throw new AppError('UPSTREAM_SIGNATURE_INVALID', `the platform certificates were discarded: ${reason}`);
  return certificates;
};

const exchange = async (
  account: Account,
  { settings, clock }: Pick<CertificateRefreshParts, 'settings' | 'clock'>,
) => {
  try {
    const { statusCode, headers, body } = await request(settings.hosts.main + target, {
      headers: {
        accept: 'application/json',
        'user-agent': 'wechat-pay-member-card-graphql',
        authorization: await authorization(account.signer(), {
          method: 'GET',
          target,
          body: '',
          timestamp: Math.floor(clock.now() / 1000),
          nonce: randomNonce(),
        }),
      },
      headersTimeout: settings.timeouts.headersMs,
      bodyTimeout: settings.timeouts.bodyMs,
    });
    return { status: statusCode, headers, body: await body.text() };
  } catch (cause) {
    throw new AppError('UPSTREAM_UNAVAILABLE', 'the platform certificates could not be downloaded', {
      cause,
    });
  }
};

export const toPlatformCertificate = (pem: string): PlatformCertificate => {
  const certificate = new X509Certificate(pem);
  return {
    serial: certificate.serialNumber.toUpperCase(),
    key: certificate.publicKey,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
};
