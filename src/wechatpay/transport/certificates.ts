import { X509Certificate } from 'node:crypto';
import { AppError } from '../../shared/errors';
import type { Account, Accounts } from '../accounts/accounts';
import { list, optional, record, text } from '../records/decode';
import { openEnvelope } from '../crypto/encryption';
import { jsonOf, type HttpResponse } from './http-request';
import { refusal } from './reply-errors';
import type { PlatformCertificate } from '../settings';
import { verifyAnswer } from '../crypto/signature';
import { createSignedHttp, type SignedHttpDeps } from './signed-http';

/** Keeps the partner's platform certificates current, where it uses them instead of a public key. */
export interface CertificateRefresh {
  /** Downloads what is missing, then keeps it fresh. Rejects with AppError where none could be had at start. */
  start(): Promise<void>;
  stop(): void;
  /** Asks again because an answer names an unknown certificate; shared between callers, at most once a minute. */
  readonly refresh: (account: Account) => Promise<void>;
}

export interface CertificateRefreshDeps extends SignedHttpDeps {
  readonly accounts: Accounts;
}

/** "Poll at least every 12 hours" (partner 4012715700); a successor is offered 120 days before the expiry or earlier. */
const everyMs = 11 * 3_600_000;
const retryMs = 60_000;
const coolDownMs = 60_000;

export const createCertificateRefresh = ({
  accounts,
  ...deps
}: CertificateRefreshDeps): CertificateRefresh => {
  const { clock } = deps;
  const { partner } = accounts;
  const applies =
    partner !== undefined && partner.symmetricKeys().length > 0 && partner.publicKeyId() === undefined;
  const http = createSignedHttp(deps);
  let cancel: () => void = () => undefined;
  let underway: Promise<void> | undefined;
  let askedAt = -Infinity;
  let stopped = false;

  const download = async (account: Account): Promise<void> => {
    askedAt = clock.now();
    const answer = await http.send(account.signer(), { method: 'GET', target: '/v3/certificates' });
    account.addCertificates(await readCertificates(answer, { account, now: deps.upstreamClock.now() }));
  };
  const share = (account: Account): Promise<void> => {
    underway ??= download(account).finally(() => {
      underway = undefined;
    });
    return underway;
  };
  const schedule = (account: Account, ms: number): void => {
    // A download may end after the stop.
    if (stopped) return;
    cancel = clock.after(ms, () => {
      // What is held stays valid while the download fails; it is tried again soon.
      share(account).then(
        () => {
          schedule(account, everyMs);
        },
        () => {
          schedule(account, retryMs);
        },
      );
    });
  };

  return {
    async start() {
      if (!applies) return;
      const held = partner.certificates().some(({ notAfter }) => clock.wallNow() < notAfter);
      if (!held) await share(partner);
      schedule(partner, held ? 0 : everyMs);
    },
    stop() {
      stopped = true;
      cancel();
      void http.close();
    },
    async refresh(account) {
      if (!applies || account !== partner) return;
      if (underway === undefined && clock.now() - askedAt < coolDownMs) return;
      await share(account).catch(() => undefined);
    },
  };
};

const envelope = record({ nonce: text, associatedData: optional(text), ciphertext: text });
const certificateList = record({ data: list(record({ encryptCertificate: envelope })) });

interface Reader {
  readonly account: Account;
  readonly now: number;
}

/**
 * The certificates of a download. The first one can be trusted only because it opens under the APIv3 key; its signature
 * must still be by a certificate that it brings, or by one already held.
 */
const readCertificates = async (
  answer: HttpResponse,
  { account, now }: Reader,
): Promise<readonly PlatformCertificate[]> => {
  const { status, headers, body } = answer;
  const [apiV3Key] = account.symmetricKeys();
  if (apiV3Key === undefined) throw new AppError('MISCONFIGURED', 'platform certificates need the APIv3 key');
  // 404: this merchant has public keys only (partner 4012073263).
  if (status === 404)
    throw new AppError('MISCONFIGURED', 'WeChat Pay has no platform certificates; configure publicKeys', {
      publicMessage: [
        'WeChat Pay gave no platform certificates; configure a WeChat Pay public key instead.',
        '无可用的微信支付平台证书,请改为配置微信支付公钥。',
      ],
    });
  if (status !== 200)
    throw refusal({ status, body, requestId: undefined, verified: false, retryAfter: undefined });

  const certificates = certificateList(jsonOf(answer), 'body').data.map(
    ({ encryptCertificate: { associatedData = '', ...sealed } }) =>
      toPlatformCertificate(openEnvelope({ ...sealed, associatedData }, apiV3Key)),
  );
  const verdict = await verifyAnswer({
    headers,
    body,
    now,
    keyBySerial: (serial) =>
      certificates.find((certificate) => certificate.serial === serial.toUpperCase())?.key ??
      account.verifyingKey(serial),
  });
  if (!verdict.genuine)
    throw new AppError(
      'UPSTREAM_SIGNATURE_INVALID',
      `the platform certificates were discarded: ${verdict.reason}`,
    );
  return certificates;
};

/** Throws where the text is not an X.509 certificate in PEM. */
export const toPlatformCertificate = (pem: string): PlatformCertificate => {
  const certificate = new X509Certificate(pem);
  return {
    serial: certificate.serialNumber.toUpperCase(),
    key: certificate.publicKey,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
};
