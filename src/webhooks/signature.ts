import { createHmac, type KeyObject } from 'node:crypto';

export interface Signed {
  readonly id: string;
  /** Unix time of this attempt, s. A receiver refuses one that is too old. */
  readonly timestamp: number;
  readonly body: string;
}

/** The headers of Standard Webhooks 1.0: https://www.standardwebhooks.com. */
export const signatureHeaders = (
  { id, timestamp, body }: Signed,
  secret: KeyObject,
): Readonly<Record<string, string>> => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
});
