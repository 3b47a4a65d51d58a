import { settings } from '../app/settings';
import type { Client } from './client';
import { offline, problemOf, type Problem, type SentError } from './problem';

/** What came of an upload or a download. */
export type Transferred<T> = { readonly value: T } | { readonly problem: Problem };

export interface Upload {
  /** Below the base path, e.g. `/images?brandId=1004`. */
  readonly path: string;
  readonly file: File;
  /** Called with the share of the file that was sent, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a file as the only one of a form. Never rejects. `fetch` cannot say how much has been sent. */
export const upload = <T>(
  client: Client,
  { path, file, onProgress, signal }: Upload,
): Promise<Transferred<T>> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', location.origin + settings.basePath + path);
    for (const [name, value] of Object.entries(client.headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status === 200 && body !== undefined) resolve({ value: body as T });
      else resolve({ problem: problemIn(body, request.getResponseHeader('retry-after')) });
    };
    request.onerror = () => {
      resolve({ problem: offline });
    };
    request.onabort = request.onerror;
    signal.addEventListener('abort', () => {
      request.abort();
    });
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });

/** Saves a file of the server with the reader's credential, which a link would not send. `undefined`: it is saved. */
export const download = async (client: Client, path: string, name: string): Promise<Problem | undefined> => {
  try {
    const response = await fetch(location.origin + settings.basePath + path, { headers: client.headers() });
    if (!response.ok) return problemIn(parsed(await response.text()), response.headers.get('retry-after'));
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = nameIn(response.headers.get('content-disposition')) ?? name;
    link.click();
    URL.revokeObjectURL(url);
    return undefined;
  } catch {
    return offline;
  }
};

const nameIn = (disposition: string | null): string | undefined =>
  /filename="([^"]+)"/.exec(disposition ?? '')?.[1];

const parsed = (text: string): object | undefined => {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
};

const problemIn = (body: object | undefined, retryAfter: string | null): Problem => {
  const errors: unknown = Reflect.get(body ?? {}, 'errors');
  const [first] = Array.isArray(errors) ? (errors as readonly SentError[]) : [];
  const seconds = Number(retryAfter ?? NaN);
  return first === undefined
    ? offline
    : problemOf(first, Number.isFinite(seconds) ? seconds * 1000 : undefined);
};
