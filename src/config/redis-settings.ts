/** The store shared by the processes of a fleet. */
export interface RedisSettings {
  /**
   * e.g. redis://127.0.0.1:6379, rediss:// for TLS. Of a cluster: any of its nodes. With Sentinels, the host is the name of the primary.
   */
  readonly url: string;
  /** Addresses of Sentinels that know the primary. Default: none. */
  readonly sentinels?: readonly string[];
  /** The start of all keys and channels, so that deployments can share a Redis. Default: wxm. */
  readonly prefix?: string;
  /** Certificates in PEM to trust besides those of Node. */
  readonly authorities?: readonly string[];
  /**
   * The most processes that share it. Until it has told how many there are, each takes the share of so many; and nothing is left to
   * silent processes that would be more. Default: 8.
   */
  readonly maxInstances?: number;
}
