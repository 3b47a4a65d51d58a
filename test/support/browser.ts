import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser } from 'playwright-core';
import browsers from './browsers.json';

/**
 * The first is Debian's Chromium without windows: the same engine, scripts and network without the interface around them. Tests need
 * half of the processor time with it.
 */
const binary = browsers.find(existsSync);
if (binary === undefined) console.warn('SKIPPED: no chromium on this machine, pages are not tried');

export const describeWithBrowser = binary === undefined ? describe.skip : describe;

/** Without these Chromium calls home at every start. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** As on a machine without a network: no name or address can be reached but this machine, also under the given names. */
export const launch = (...names: readonly string[]): Promise<Browser> => {
  const own = names.map((name) => `MAP ${name} 127.0.0.1`);
  return chromium.launch({
    executablePath: binary ?? '',
    args: [
      ...quiet,
      `--host-resolver-rules=${[...own, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost'].join(', ')}`,
    ],
  });
};

/** A server of an empty page, for scripts that call another server. */
export interface PageServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export const servePage = async (): Promise<PageServer> => {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
