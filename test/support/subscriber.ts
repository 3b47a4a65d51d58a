import { createClient } from 'graphql-sse';

export interface SeenEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
  readonly userCardCode: string | null;
  readonly pointExchange: { readonly recordId: string; readonly deductPoints: number } | null;
  readonly userCard?: { readonly userCardState: string; readonly level: string | null } | null;
}

export interface Subscriber {
  readonly events: SeenEvent[];
  readonly errors: { readonly message: string; readonly extensions: { readonly code: string } }[];
  /** Resolves when the stream has ended; never rejects. */
  readonly ended: Promise<void>;
  /** Resolves when this many events have arrived. */
  has(count: number): Promise<readonly SeenEvent[]>;
  close(): void;
}

export interface SubscriberOptions {
  readonly brandId: string;
  readonly lastEventId?: string;
  /** Further fields to select. */
  readonly fields?: string;
}

/** A subscriber that uses graphql-sse's own client, without its retries. */
export const subscribe = (
  url: string,
  { brandId, lastEventId, fields = '' }: SubscriberOptions,
): Subscriber => {
  const client = createClient({ url: `${url}/stream`, retryAttempts: 0 });
  const events: SeenEvent[] = [];
  const errors: Subscriber['errors'] = [];
  const waiting = new Set<() => void>();
  let close = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    close = client.subscribe<{ userCardEvents: SeenEvent }>(
      {
        query: `subscription ($brandId: ID!, $lastEventId: ID) {
          userCardEvents(brandId: $brandId, lastEventId: $lastEventId) {
            eventId eventType brandId cardId openid userCardCode pointExchange { recordId deductPoints } ${fields}
          }
        }`,
        variables: { brandId, lastEventId },
      },
      {
        next({ data, errors: found }) {
          if (data) events.push(data.userCardEvents);
          if (found) errors.push(...(found as unknown as Subscriber['errors']));
          for (const look of waiting) look();
        },
        error: () => {
          resolve();
        },
        complete: resolve,
      },
    );
  });
  return {
    events,
    errors,
    ended,
    has: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (events.length < count) return;
          waiting.delete(look);
          resolve(events);
        };
        waiting.add(look);
        look();
      }),
    close: () => {
      close();
    },
  };
};
