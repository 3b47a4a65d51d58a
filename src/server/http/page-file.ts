import { notFound } from './no-route';
import type { Handler } from './router';
import { sendBody, type Body } from './send-body';

/** A file of a page for browsers. */
export interface PageFile {
  /** Its ending decides the media type. */
  readonly name: string;
  readonly body: Body;
  /** The page's Content-Security-Policy. */
  readonly policy: string;
  readonly cacheControl: string;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Serves the file that `find` names for the request; 404 if there is none. */
export const servePageFile =
  (find: (target: string) => PageFile | undefined): Handler =>
  (request, response) => {
    const file = find(request.url ?? '');
    if (file === undefined) return notFound(request, response);
    request.resume();
    response.setHeader(
      'content-type',
      types[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    );
    response.setHeader('content-security-policy', file.policy);
    response.setHeader('cache-control', file.cacheControl);
    return sendBody(response, file.body);
  };

/** The name of the file that a request target has below `prefix`. */
export const fileNameOf = (target: string, prefix: string): string =>
  (target.split('?')[0] ?? '').slice(prefix.length);
