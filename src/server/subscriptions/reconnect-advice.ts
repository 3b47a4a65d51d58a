import type { StreamResult } from './subscribe';

/** The largest delay that a timer of a browser or of Node takes, ms: nearly 25 days. */
const neverMs = 2_147_483_647;

/** Errors that pass by themselves: the same subscription may succeed later. */
const temporary: ReadonlySet<unknown> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_BUSY',
  'DATABASE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
]);

/**
 * The SSE lines before a result. An `EventSource` reconnects by itself after every end of a stream, even if it can only fail
 * again, and the protocol has no word for "do not come back". So an event carries its position, to resume at; and a result
 * that ends the stream carries what makes the next connection useful:
 *
 * - the events after the position are no longer stored: an empty `id`, so that the client comes back once, without a position;
 * - the last event there is: a `retry` of nearly 25 days, so that the client does not ask for it for ever;
 * - an error that passes: `retry` with the error's `retryAfterMs`, if it has one;
 * - any other error of the request: a `retry` of nearly 25 days.
 */
export const sseLead = (
  { result, position, then }: StreamResult,
  { hasPosition }: { /** Whether the client sent Last-Event-ID. */ readonly hasPosition: boolean },
): string => {
  if (position !== undefined) return `id: ${position}\n`;
  if (then === 'more') return '';
  if (then === 'complete') return `retry: ${neverMs}\n`;
  // Not delivered, but executed: the client resumes at this event.
  if (result.data !== undefined) return '';
  const facts = (result.errors ?? []).map(({ extensions }) => extensions);
  const waits = facts.map(({ retryAfterMs }) => retryAfterMs).filter((ms) => typeof ms === 'number');
  if (waits.length > 0) return `retry: ${Math.ceil(Math.max(...waits))}\n`;
  if (facts.every(({ code }) => temporary.has(code))) return '';
  if (hasPosition && facts.some(({ code }) => code === 'NOT_FOUND')) return 'id\n';
  return `retry: ${neverMs}\n`;
};
