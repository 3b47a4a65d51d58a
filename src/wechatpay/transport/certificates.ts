import { X509Certificate, type KeyObject } from 'node:crypto';
import { AppError } from '../../shared/errors';
import type { UpstreamRequest } from '../../traffic/calls/upstream-request';
import type { Account } from '../accounts/account';
import { list, optional, record, text } from '../records/decode';
import { openEnvelope, type AeadEnvelope } from '../crypto/encryption';
import { jsonOf } from './http-request';
import type { PlatformCertificate } from '../settings';

/**
 * The download of platform certificates (partner 4012715700). A certificate is trusted only because it decrypts with the
 * APIv3 key; the response must still be signed with one of them, or with a key already known.
 */
export const certificatesRequest = (account: Account): UpstreamRequest => ({
  method: 'GET',
  target: '/v3/certificates',
  sealed: false,
  keyIn: (body, serial) =>
    certificatesIn(jsonOf({ body }), account).find(
      (certificate) => certificate.serial === serial.toUpperCase(),
    )?.key,
});

const envelope = record({ nonce: text, associatedData: optional(text), ciphertext: text });
const certificateList = record({ data: list(record({ encryptCertificate: envelope })) });

/** Decrypts the downloaded certificates. Throws AppError if one does not open or cannot be read. */
export const certificatesIn = (
  data: unknown,
  account: Pick<Account, 'symmetricKeys'>,
): readonly PlatformCertificate[] =>
  certificateList(data, 'body').data.map(({ encryptCertificate: { associatedData = '', ...sealed } }) =>
    toPlatformCertificate(openWithAny({ ...sealed, associatedData }, account.symmetricKeys())),
  );

/** While the APIv3 key changes, WeChat Pay may still encrypt with the former one. */
const openWithAny = (sealed: AeadEnvelope, keys: readonly KeyObject[]): string => {
  let failure: unknown = new AppError('MISCONFIGURED', 'platform certificates need the APIv3 key');
  for (const key of keys)
    try {
      return openEnvelope(sealed, key);
    } catch (error) {
      failure = error;
    }
  throw failure;
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
