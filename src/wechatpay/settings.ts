import type { KeyObject } from 'node:crypto';
import type { Amount } from '../shared/amount';

/** The settings of this folder, read and validated by src/config. Keys are KeyObjects, never text. */
export interface WechatPaySettings {
  /** Addresses without a slash at the end, e.g. https://api.mch.weixin.qq.com. A relay's may have a path, which precedes the API's. */
  readonly hosts: {
    readonly main: string;
    readonly backup: string;
    /** Whether these are relays of the deployment that pass requests on to the real hosts. Default: false. */
    readonly relay?: boolean;
  };
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  /** Calls that may be under way, each on a connection of its own: of this process, and of one brand. Defaults: 256 and 32. */
  readonly connections: { readonly max: number; readonly maxPerBrand: number };
  readonly brands: readonly BrandSettings[];
  readonly brandCredentials: readonly BrandCredential[];
  /** The partner of the brands that name none. */
  readonly partner?: PartnerCredential;
  /** Partners that brands name by mchid. Default: none. */
  readonly partners?: readonly PartnerCredential[];
  /** Calls per second by interface name and route. Default: the table in interfaces.ts. */
  readonly limits: Readonly<Record<string, { readonly brand?: number; readonly partner?: number }>>;
}

export type Route = 'brand' | 'partner';

export interface BrandSettings {
  readonly brandId: string;
  readonly name: string;
  /** `auto` uses whichever credential is configured and healthy (route-choice.ts). */
  readonly route: Route | 'auto';
  /** The mchid of its partner. Default: that of `partner`. */
  readonly partner?: string;
  /** Calls per second that WeChat Pay granted this brand_id, by interface; for its brand route. Default: `limits`. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Its part of each limit: kept for it on a partner's limit, and the most that it may use. Default: see `budgets`. */
  readonly budget?: { readonly reserve?: Amount; readonly ceiling?: Amount };
}

/** A WeChat Pay public key (id `PUB_KEY_ID_…`): verifies responses, encrypts personal fields. */
export interface WechatPayPublicKey {
  readonly id: string;
  readonly key: KeyObject;
  /** When WeChat Pay will stop using it, ms since the Unix epoch; absent if unknown. */
  readonly notAfter?: number;
}

/** A WeChat Pay platform certificate, reduced to what verification and encryption need. */
export interface PlatformCertificate {
  /** Upper-case hex. */
  readonly serial: string;
  readonly key: KeyObject;
  /** Ms since the Unix epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A process that holds a private key and uses it for us. */
export interface SignerSettings {
  /** https, or http on this machine; without a slash at the end. */
  readonly url: string;
  /** The value of Authorization; prints as [redacted]. Default: none. */
  readonly token?: { readonly header: string };
  /** Longest time of one request, the wait for a connection included, ms. Default: 1 000. */
  readonly timeoutMs: number;
  /** The public half of its key, from our API certificate. */
  readonly publicKey: KeyObject;
}

interface Credential {
  /** Serial of our API certificate, upper-case hex. */
  readonly serial: string;
  /** The key, or the process that holds it. */
  readonly privateKey: KeyObject | SignerSettings;
  /** When our API certificate expires, ms since the Unix epoch; absent if the certificate was not configured. */
  readonly certificateNotAfter?: number;
  /** Private keys of earlier API certificates: they still decrypt what was encrypted for them. */
  readonly formerPrivateKeys: readonly KeyObject[];
  /** The first one encrypts; all verify. */
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
  /**
   * Configured certificates; expired ones are not used. With apiV3Key more are downloaded: on a schedule if there is no public
   * key, otherwise when WeChat Pay signs with an unknown one.
   */
  readonly platformCertificates: readonly PlatformCertificate[];
}
