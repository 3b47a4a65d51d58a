import type { KeyObject } from 'node:crypto';

/** What this folder needs to know, already read, parsed and checked by src/config. Keys are KeyObjects, never text. */
export interface WechatPaySettings {
  /** Origins, e.g. https://api.mch.weixin.qq.com. */
  readonly hosts: { readonly main: string; readonly backup: string };
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  readonly brands: readonly BrandSettings[];
  readonly brandCredentials: readonly BrandCredential[];
  readonly partner?: PartnerCredential;
  /** Overrides of the table in interfaces.ts, calls per second by interface name and route. */
  readonly limits: Readonly<Record<string, { readonly brand?: number; readonly partner?: number }>>;
}

export type Route = 'brand' | 'partner';

export interface BrandSettings {
  readonly brandId: string;
  readonly name: string;
  /** `auto`: by what is configured and healthy (route-choice.ts). */
  readonly route: Route | 'auto';
}

/** A WeChat Pay public key (id `PUB_KEY_ID_…`): verifies answers, seals personal fields. */
export interface WechatPayPublicKey {
  readonly id: string;
  readonly key: KeyObject;
  /** When WeChat Pay will stop using it, clock time in ms; absent where nobody has said so. */
  readonly notAfter?: number;
}

/** A WeChat Pay platform certificate, reduced to what verifying and sealing need. */
export interface PlatformCertificate {
  /** Upper-case hex. */
  readonly serial: string;
  readonly key: KeyObject;
  /** Clock time in ms. */
  readonly notBefore: number;
  readonly notAfter: number;
}

interface Credential {
  /** Serial of our API certificate, upper-case hex. */
  readonly serial: string;
  readonly privateKey: KeyObject;
  /** When our API certificate ends, clock time in ms; absent where the certificate was not given. */
  readonly certificateNotAfter?: number;
  /** Private keys of earlier API certificates: they still decrypt what was sealed for them. */
  readonly formerPrivateKeys: readonly KeyObject[];
  /** The first one seals; all verify. */
  readonly publicKeys: readonly WechatPayPublicKey[];
}

export interface BrandCredential extends Credential {
  readonly brandId: string;
  /** Brand API key (品牌API密钥), 32 bytes; decrypts notifications. */
  readonly apiKey?: KeyObject;
}

export interface PartnerCredential extends Credential {
  readonly mchid: string;
  /** APIv3 key, 32 bytes; decrypts platform certificates and notifications. */
  readonly apiV3Key?: KeyObject;
  /** Certificates given by hand; more are downloaded where apiV3Key is set and no public key is. */
  readonly platformCertificates: readonly PlatformCertificate[];
}
