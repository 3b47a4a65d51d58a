import type { Finding } from '../../operating/finding';
import type { Route, Routes } from '../http/router';
import { sendBody } from '../http/send-body';
import { sendJson } from '../http/send-json';

export interface Readiness {
  readonly status: 'ready' | 'failing' | 'draining';
  readonly findings: readonly Finding[];
}

/** `/livez` and `/readyz`. Details are for the operators' port only. */
export const createProbes = (
  readiness: () => Readiness,
  { detailed }: { readonly detailed: boolean },
): Routes => ({
  // Always 200: shows only that the process responds.
  '/livez': {
    methods: ['GET'],
    handle(request, response) {
      request.resume();
      sendJson(response, 200, { status: 'alive' });
    },
  },
  // 200 if this process should get traffic, otherwise 503.
  '/readyz': {
    methods: ['GET'],
    handle(request, response) {
      request.resume();
      const { status, findings } = readiness();
      sendJson(response, status === 'ready' ? 200 : 503, detailed ? { status, findings } : { status });
    },
  },
});

/** `/metrics`. */
export const exposition = (
  scrape: () => Promise<{ readonly text: string; readonly contentType: string }>,
): Route => ({
  methods: ['GET'],
  async handle(request, response) {
    request.resume();
    const { text, contentType } = await scrape();
    response.setHeader('content-type', contentType);
    response.setHeader('cache-control', 'no-store');
    await sendBody(response, text);
  },
});
