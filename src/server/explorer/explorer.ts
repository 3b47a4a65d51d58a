import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathnameOf, sendJson, type Handler } from '../http/http';

/** An example operation shown in the explorer. */
export interface ExampleOperation {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ExplorerOptions {
  /** The directory filled by assemble.ts. */
  readonly assets: string;
  readonly examples: readonly ExampleOperation[];
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
  examples,
}: ExplorerOptions): { readonly page: Handler; readonly assets: Handler } => {
  const files = new Map(
    [
      'index.html',
      'explorer.js',
      'explorer.css',
      'graphiql.js',
      'graphiql.css',
      'react.js',
      'react-dom.js',
    ].map((name) => [name, readFileSync(join(directory, name))]),
  );
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
      if (name === 'examples.json') {
        request.resume();
        sendJson(response, 200, examples);
        return undefined;
      }
      if (files.has(name)) return serve(name)(request, response);
      request.resume();
      sendJson(response, 404, { message: 'no such file' });
      return undefined;
    },
  };
};

/** True for a browser opening the address, false for a client that sends GET queries. */
export const wantsPage = (method: string | undefined, accept: string | undefined): boolean =>
  method === 'GET' && accept?.includes('text/html') === true;
