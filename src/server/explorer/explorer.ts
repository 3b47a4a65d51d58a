import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathnameOf, sendJson, type Handler } from '../http/http';

/** A reviewed operation shown in the explorer. */
export interface ReviewedOperation {
  /** Heading under which it is listed. */
  readonly group: string;
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The card that a made-up user has opened. */
export interface OpenedCard {
  readonly brandId: string;
  readonly openid: string;
  readonly userCardCode: string;
}

export interface ExplorerOptions {
  /** The directory filled by assemble.ts. */
  readonly assets: string;
  readonly operations: readonly ReviewedOperation[];
  /** Makes a made-up user open a card; for the sandbox only. Default: the page has no such button. */
  readonly openCard?: () => OpenedCard;
}

export interface ExplorerDeps extends ExplorerOptions {
  /** Whether requests need a credential; the page then asks for one. */
  readonly needsToken: boolean;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Allows no external resources, since the machine may be offline. GraphiQL sets style attributes, hence unsafe-inline. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves GraphiQL from npm and our page. All files are read at start from the directory that the build assembled. */
export const createExplorer = ({
  assets: directory,
  operations,
  openCard,
  needsToken,
}: ExplorerDeps): { readonly page: Handler; readonly assets: Handler } => {
  const files = new Map(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))] as const),
  );
  const settings = { operations, needsToken, canOpenCard: openCard !== undefined };
  const serve =
    (name: string): Handler =>
    (request, response) => {
      request.resume();
      response.setHeader('content-type', types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
      response.setHeader('content-security-policy', policy);
      response.setHeader('cache-control', name.endsWith('.html') ? 'no-store' : 'max-age=3600');
      response.end(files.get(name));
    };
  return {
    page: serve('index.html'),
    assets(request, response) {
      const name = pathnameOf(request).slice('/explorer/'.length);
      if (files.has(name)) return serve(name)(request, response);
      request.resume();
      if (name === 'settings.json') {
        sendJson(response, 200, settings);
        return undefined;
      }
      // Pages of other sites cannot add the header without a preflight, which is not answered.
      if (name === 'open-card' && openCard !== undefined && request.headers['x-explorer'] !== undefined) {
        if (request.method === 'POST') sendJson(response, 200, openCard());
        else sendJson(response.setHeader('allow', 'POST'), 405, { message: 'POST it' });
        return undefined;
      }
      sendJson(response, 404, { message: 'no such file' });
      return undefined;
    },
  };
};

/** True for a browser opening the address, false for a client that sends GET queries. */
export const wantsPage = (method: string | undefined, accept: string | undefined): boolean =>
  method === 'GET' && accept?.includes('text/html') === true;
