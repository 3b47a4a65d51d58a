import type { Clock } from '../shared/clock';
import type { WebhookEvent } from '../webhooks/dispatcher';
import { finding, type Finding } from './finding';

export interface WebhookWatch {
  readonly attempted: (event: Pick<WebhookEvent, 'webhook' | 'outcome' | 'result'>) => void;
  readonly findings: () => readonly Finding[];
}

/** A restart of the receiver takes less, ms. */
const toleratedMs = 900_000;

/** Notices webhooks whose deliveries have only failed for a while, as far as this process attempts them. */
export const createWebhookWatch = (clock: Clock): WebhookWatch => {
  const failing = new Map<string, { readonly since: number; readonly result: string }>();
  return {
    attempted({ webhook, outcome, result }) {
      if (outcome === 'delivered') failing.delete(webhook);
      else failing.set(webhook, { since: failing.get(webhook)?.since ?? clock.now(), result });
    },
    findings: () =>
      [...failing]
        .filter(([, { since }]) => clock.now() - since >= toleratedMs)
        .map(([webhook, { since, result }]) =>
          finding(
            'webhook.failing',
            `no delivery of the webhook ${webhook} has succeeded for ${Math.floor((clock.now() - since) / 60_000)} minutes; ` +
              `the last result was ${result}`,
          ),
        ),
  };
};
