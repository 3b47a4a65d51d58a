import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notFound } from '../http/no-route';
import { fileNameOf, servePageFile, type PageFile } from '../http/page-file';
import type { Handler, Routes } from '../http/router';
import { lastingBody, type Body } from '../http/send-body';
import { sendJson } from '../http/send-json';

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
  /** Whether the console is served too; then the first page offers both. */
  readonly hasConsole: boolean;
  /** Where the routes are mounted, e.g. `/member-cards`, or empty. */
  readonly basePath: string;
}

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
  hasConsole,
  basePath,
}: ExplorerDeps): { readonly page: Handler; readonly routes: Routes } => {
  const files = new Map(
    readdirSync(directory).map((name): [string, PageFile] => {
      const bytes = readFileSync(join(directory, name));
      const isPage = name.endsWith('.html');
      const body = isPage ? mountedAt(basePath, bytes) : lastingBody(bytes);
      return [name, { name, body, policy, cacheControl: isPage ? 'no-store' : 'max-age=3600' }];
    }),
  );
  const settings = { operations, needsToken, canOpenCard: openCard !== undefined };
  const page = servePageFile(() => files.get('index.html'));
  const open: Handler = (request, response) => {
    // Pages of other sites cannot add the header without a preflight, which is not answered.
    if (openCard === undefined || request.headers['x-explorer'] === undefined)
      return notFound(request, response);
    request.resume();
    sendJson(response, 200, openCard());
    return undefined;
  };
  return {
    page,
    routes: {
      '/': {
        methods: ['GET'],
        handle: hasConsole ? servePageFile(() => files.get('start.html')) : page,
      },
      [below]: {
        methods: ['GET'],
        handle: servePageFile((target) => files.get(fileNameOf(target, below))),
      },
      [`${below}settings.json`]: {
        methods: ['GET'],
        handle(request, response) {
          request.resume();
          sendJson(response, 200, settings);
        },
      },
      [`${below}open-card`]: { methods: ['POST'], handle: open },
    },
  };
};

const below = '/explorer/';

/** A page with its addresses below the base path. Scripts find theirs by their own address. */
const mountedAt = (basePath: string, page: Buffer): Body =>
  lastingBody(page.toString().replaceAll('="/', `="${basePath}/`));

/** True for a browser opening the address, false for a client that sends GET queries. */
export const wantsPage = (method: string | undefined, accept: string | undefined): boolean =>
  method === 'GET' && accept?.includes('text/html') === true;
