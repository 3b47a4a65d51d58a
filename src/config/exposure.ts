import type { Config } from './config';

/** Whether an address is reachable from this machine only. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname === '::1' ||
  hostname === '[::1]' ||
  /^127(\.\d{1,3}){3}$/.test(hostname);

/** Whether the upstream is a sandbox on this machine, so that all data is made up. */
export const isSandboxed = ({ wechatPay }: Pick<Config, 'wechatPay'>): boolean =>
  // A relay on this machine leads to the real hosts.
  wechatPay.hosts.relay !== true &&
  [wechatPay.hosts.main, wechatPay.hosts.backup].every((address) => isLoopback(new URL(address).hostname));

/** Why the server must not run without authentication; empty if it may. */
export const exposureProblems = ({
  auth,
  server,
  wechatPay,
}: Pick<Config, 'auth' | 'server' | 'wechatPay'>): readonly string[] => {
  if (auth !== undefined) return [];
  const real = !isSandboxed({ wechatPay });
  return [
    ...(real ? ['auth: is missing; with real hosts, callers must authenticate: write apiKeys or jwt'] : []),
    ...(isLoopback(server.host)
      ? []
      : ['server.host: must be 127.0.0.1 while there is no auth section; anybody could call the server']),
  ];
};
