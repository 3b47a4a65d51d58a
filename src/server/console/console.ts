import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf, servePageFile, type PageFile } from '../http/page-file';
import type { Routes } from '../http/router';
import { lastingBody } from '../http/send-body';
import { createSimulation, type Simulation } from './simulation';

export interface ConsoleOptions {
  /** The directory that the build has filled: the page, its files in `assets`, and its documents. */
  readonly assets: string;
  /** What made-up users can do; for the sandbox only. Default: the page offers none of it. */
  readonly simulation?: Simulation;
}

export interface ConsoleDeps extends ConsoleOptions {
  /** Whether requests need a credential; the page then asks for one. */
  readonly needsToken: boolean;
  /** Where the routes are mounted, e.g. `/member-cards`, or empty. */
  readonly basePath: string;
}

export interface Console {
  readonly routes: Routes;
  /** The texts of the page's GraphQL documents by their SHA-256, exactly as it sends them. */
  readonly documents: ReadonlyMap<string, string>;
}

/**
 * Everything comes from this server, except the pictures of cards, which WeChat Pay stores. TDesign sets styles by script, which no
 * policy forbids; it writes no style attributes and no style elements, so styles need no exception.
 */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://*.qpic.cn; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const root = '/console';
const below = `${root}/assets/`;
const lasting = 'public, max-age=31536000, immutable';

/** Serves the console. All files are read at start. */
export const createConsole = ({
  assets: directory,
  simulation,
  needsToken,
  basePath,
}: ConsoleDeps): Console => {
  const settings = {
    basePath,
    needsToken,
    canSimulate: simulation !== undefined,
  };
  const index: PageFile = {
    name: 'index.html',
    body: lastingBody(
      readFileSync(join(directory, 'index.html'), 'utf8')
        .replaceAll('="assets/', `="${basePath}${below}`)
        .replace('{settings}', attributeText(JSON.stringify(settings))),
    ),
    policy,
    cacheControl: 'no-store',
  };
  const folder = join(directory, 'assets');
  const files = new Map(
    readdirSync(folder).map((name): [string, PageFile] => [
      name,
      // Its name has the hash of its content.
      { name, body: lastingBody(readFileSync(join(folder, name))), policy, cacheControl: lasting },
    ]),
  );
  const documents = JSON.parse(readFileSync(join(directory, 'documents.json'), 'utf8')) as Readonly<
    Record<string, string>
  >;
  return {
    routes: {
      [root]: { methods: ['GET'], handle: servePageFile(() => index) },
      [below]: {
        methods: ['GET'],
        handle: servePageFile((target) => files.get(fileNameOf(target, below))),
      },
      ...(simulation && createSimulation(`${root}/simulation`, simulation)),
    },
    documents: new Map(Object.entries(documents)),
  };
};

const attributeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
