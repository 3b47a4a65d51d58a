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

/** Keeps the partner's platform certificates current if it uses them instead of a public key. */
export interface CertificateRefresh {
  /** Downloads missing certificates, then refreshes them. Rejects with AppError if none can be had at the start. */
  start(): Promise<void>;
  stop(): void;
  /** Downloads again because a response names an unknown certificate. Callers share one download, at most one a minute. */
  readonly refresh: (account: Account) => Promise<void>;
}

export interface CertificateRefreshDeps extends SignedHttpDeps {
  readonly accounts: Accounts;
}

/** "Poll at least every 12 hours" (partner 4012715700); a new certificate is offered at least 120 days before the expiry. */
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
    // A download may end after stop().
    if (stopped) return;
    cancel = clock.after(ms, () => {
      // Known certificates stay valid if the download fails; it is retried soon.
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
 * Decrypts and verifies downloaded certificates. The first one is trusted only because it decrypts with the APIv3 key. The
 * response must still be signed with one of the new certificates, or with one already known.
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
        'WeChat Pay returned no platform certificates; configure a WeChat Pay public key instead.',
        '未获取到微信支付平台证书，请改为配置微信支付公钥。',
      ],
    });
  if (status !== 200)
    throw refusal({
      route: 'partner',
      status,
      body,
      requestId: undefined,
      verified: false,
      retryAfter: undefined,
      values: [],
    });

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

/** Throws if the text is not an X.509 certificate in PEM. */
export const toPlatformCertificate = (pem: string): PlatformCertificate => {
  const certificate = new X509Certificate(pem);
  return {
    serial: certificate.serialNumber.toUpperCase(),
    key: certificate.publicKey,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
};
