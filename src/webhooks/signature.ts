import { createHmac, type KeyObject } from 'node:crypto';

export interface Signed {
  readonly id: string;
  /** Unix time of this attempt, s. A receiver refuses one that is too old. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0: https://www.standardwebhooks.com. With several secrets there is a signature of each, and a
 * receiver accepts the message if one of them is right.
 */
export const signatureHeaders = (
  { id, timestamp, body }: Signed,
  secrets: readonly KeyObject[],
): Readonly<Record<string, string>> => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': secrets
    .map((secret) => createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64'))
    .map((mac) => `v1,${mac}`)
    .join(' '),
});
