/** The way out of the deployment's network, for every connection that the server opens to other hosts. */
export interface NetworkSettings {
  /** Absent: hosts are reached directly. */
  readonly proxy?: ProxySettings;
  /** Certificates of authorities that are trusted beside Node's own list, PEM. */
  readonly authorities: readonly string[];
}

/** A forward proxy that tunnels connections by CONNECT. */
export interface ProxySettings {
  /** E.g. http://proxy.internal:3128, without user and password. */
  readonly origin: string;
  /** The value of Proxy-Authorization; prints as [redacted]. */
  readonly credentials?: { readonly header: string };
  /** Hosts that are reached directly, in the form of NO_PROXY: names, `.suffix`, `host:port`, or `*`. */
  readonly except: readonly string[];
}

export const openNetwork: NetworkSettings = { authorities: [] };
