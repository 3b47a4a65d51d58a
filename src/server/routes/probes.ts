import type { Finding } from '../../operating/finding';
import { sendJson, type Handler } from '../http/http';

export interface Readiness {
  readonly status: 'ready' | 'failing' | 'draining';
  readonly findings: readonly Finding[];
}

/** Always 200: shows only that the process responds. */
export const livez: Handler = (request, response) => {
  request.resume();
  sendJson(response, 200, { status: 'alive' });
};

/** 200 if this process should get traffic, otherwise 503. Details are for the operators' port only. */
export const readyz =
  (readiness: () => Readiness, { detailed }: { readonly detailed: boolean }): Handler =>
  (request, response) => {
    request.resume();
    const { status, findings } = readiness();
    sendJson(response, status === 'ready' ? 200 : 503, detailed ? { status, findings } : { status });
  };

/** Handles `/metrics`. */
export const exposition =
  (scrape: () => Promise<{ readonly text: string; readonly contentType: string }>): Handler =>
  async (request, response) => {
    request.resume();
    const { text, contentType } = await scrape();
    response.setHeader('content-type', contentType);
    response.setHeader('cache-control', 'no-store');
    response.end(text);
  };
