/** The part of an address that decides whether a proxy is used. */
export interface Target {
  readonly hostname: string;
  /** Empty or absent: the protocol's own. */
  readonly port?: string | null;
  readonly protocol: string;
}

/**
 * Whether a list in the form of NO_PROXY names the host, as curl and the common clients read it: `example.com` and `.example.com`
 * also name every host below, `host:port` only that port, `*` every host. Addresses are compared as text; ranges are not known.
 */
export const isExcepted = ({ hostname, port, protocol }: Target, list: readonly string[]): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const actual = port === undefined || port === null || port === '' ? defaultPort(protocol) : port;
  return list.some((entry) => {
    if (entry === '*') return true;
    const [, name = '', only] =
      /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isAddress(entry) ? `[${entry}]` : entry) ?? [];
    const suffix = name.toLowerCase().replace(/^\*?\./, '');
    if (suffix === '' || (only !== undefined && only !== actual)) return false;
    return host === suffix || host.endsWith(`.${suffix}`);
  });
};

/** An IPv6 address without brackets: its colons separate no port. */
const isAddress = (entry: string): boolean => (entry.match(/:/g)?.length ?? 0) > 1 && !entry.startsWith('[');

const defaultPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80');
