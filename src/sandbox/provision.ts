import { encryptEnvelope, type CallerKeys, type WechatPayKeys } from './keys';
import { type Brand, wireTime } from './state';
import type { Route } from './routing';

export const mchid = '1900000001';

/** What a caller needs, including the private keys that WeChat Pay's console issues. */
export interface Provision {
  readonly wechatPay: {
    readonly publicKeyId: string;
    readonly publicKeyPem: string;
    readonly certificateSerial: string;
    readonly certificatePem: string;
    readonly expiredCertificatePem: string;
  };
  readonly brands: readonly {
    readonly brandId: string;
    readonly name: string;
    readonly appid: string;
    readonly serial: string;
    readonly privateKeyPem: string;
    readonly apiKey: string;
  }[];
  /** The first partner. */
  readonly partner: PartnerProvision;
  /** The others. */
  readonly partners: readonly PartnerProvision[];
}

export interface PartnerProvision {
  readonly mchid: string;
  readonly serial: string;
  readonly privateKeyPem: string;
  readonly apiV3Key: string;
}

/** The mchids of so many partners. */
export const mchidsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(Number(mchid) + index));

/** The response of GET /v3/certificates. */
export const certificatesBody = (wechatPay: WechatPayKeys, partner: CallerKeys, now: number): string =>
  JSON.stringify({
    data: [
      {
        serial_no: wechatPay.certificateSerial,
        effective_time: wireTime(now - 86_400_000),
        expire_time: wireTime(now + 5 * 365 * 86_400_000),
        encrypt_certificate: encryptEnvelope(wechatPay.certificatePem, partner.symmetricKey, 'certificate'),
      },
    ],
  });

export const provisionOf = (
  wechatPay: WechatPayKeys,
  callers: Readonly<Record<Route, ReadonlyMap<string, CallerKeys>>>,
  brands: readonly Brand[],
): Provision => {
  const credential = (keys: CallerKeys | undefined) => ({
    serial: keys?.serial ?? '',
    privateKeyPem: keys?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
  });
  const partnerOf = (one: string): PartnerProvision => ({
    mchid: one,
    ...credential(callers.partner.get(one)),
    apiV3Key: callers.partner.get(one)?.symmetricKey ?? '',
  });
  return {
    wechatPay: {
      publicKeyId: wechatPay.publicKeyId,
      publicKeyPem: wechatPay.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      certificateSerial: wechatPay.certificateSerial,
      certificatePem: wechatPay.certificatePem,
      expiredCertificatePem: wechatPay.expiredCertificatePem,
    },
    brands: brands.map((brand) => ({
      ...brand,
      ...credential(callers.brand.get(brand.brandId)),
      apiKey: callers.brand.get(brand.brandId)?.symmetricKey ?? '',
    })),
    partner: partnerOf(mchid),
    partners: [...callers.partner.keys()].filter((one) => one !== mchid).map(partnerOf),
  };
};
