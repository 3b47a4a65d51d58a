import 'reflect-metadata';
import { createCipheriv, generateKeyPair, randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** An identity that may call: the key pair of its API certificate. */
export interface CallerKeys extends KeyPair {
  /** Upper-case hex. */
  readonly serial: string;
  /** APIv3 key or brand API key, 32 characters. */
  readonly symmetricKey: string;
}

/** WeChat Pay's own key, known to callers both as a public-key id and as a platform certificate. */
export interface WechatPayKeys extends KeyPair {
  readonly publicKeyId: string;
  readonly certificateSerial: string;
  readonly certificatePem: string;
  /** An earlier certificate of the same key, no longer valid. */
  readonly expiredSerial: string;
  readonly expiredCertificatePem: string;
}

const generate = promisify(generateKeyPair);
/** Makes RSA-2048 pairs. One takes a tenth of a second of processor time. */
export type NewPair = () => Promise<KeyPair>;
const newRandomPair: NewPair = () => generate('rsa', { modulusLength: 2048 });
const newSerial = (): string => randomBytes(20).toString('hex').toUpperCase().replace(/^./, '5');
/** 32 letters and digits, as the console makes them. */
const newSymmetricKey = (): string => randomBytes(16).toString('hex');

export const newCallerKeys = async (newPair = newRandomPair): Promise<CallerKeys> => ({
  ...(await newPair()),
  serial: newSerial(),
  symmetricKey: newSymmetricKey(),
});

const dayMs = 86_400_000;
const fiveYearsMs = 5 * 365 * dayMs;

export const newWechatPayKeys = async (now: number, newPair = newRandomPair): Promise<WechatPayKeys> => {
  const pair = await newPair();
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const usable = async (key: KeyObject, type: 'pkcs8' | 'spki', usage: 'sign' | 'verify') =>
    webcrypto.subtle.importKey(type, key.export({ type, format: 'der' }), algorithm, true, [usage]);
  const keys = {
    privateKey: await usable(pair.privateKey, 'pkcs8', 'sign'),
    publicKey: await usable(pair.publicKey, 'spki', 'verify'),
  };
  const certify = async (serialNumber: string, notBefore: number, notAfter: number): Promise<string> => {
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
      {
        serialNumber,
        name: 'CN=Tenpay.com Sandbox CA, O=Sandbox',
        notBefore: new Date(notBefore),
        notAfter: new Date(notAfter),
        signingAlgorithm: algorithm,
        keys,
      },
      webcrypto,
    );
    return certificate.toString('pem');
  };
  const certificateSerial = newSerial();
  const expiredSerial = newSerial();
  return {
    ...pair,
    publicKeyId: `PUB_KEY_ID_0${Array.from(randomBytes(31), (byte) => byte % 10).join('')}`,
    certificateSerial,
    certificatePem: await certify(certificateSerial, now - dayMs, now + fiveYearsMs),
    expiredSerial,
    expiredCertificatePem: await certify(expiredSerial, now - fiveYearsMs, now - dayMs),
  };
};

/** The envelope of certificates and notifications: AES-256-GCM, tag behind the ciphertext. */
export const encryptEnvelope = (plain: string, symmetricKey: string, associatedData: string) => {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(symmetricKey), Buffer.from(nonce));
  cipher.setAAD(Buffer.from(associatedData));
  const bytes = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    nonce,
    associated_data: associatedData,
    ciphertext: bytes.toString('base64'),
  };
};
