import type { Clock } from '../shared/clock';
import type { Queue, Taken } from './queue';
import { maxConcurrent, type Attempt, type Sender } from './sender';
import type { WebhookKind, WebhookSettings } from './settings';

/** One attempt, for log, metrics and readiness. Holds no personal data. */
export interface WebhookEvent {
  readonly webhook: string;
  readonly brandId: string;
  readonly kind: WebhookKind;
  /** `failed`: it is tried again. `dead`: it was the last attempt. */
  readonly outcome: 'delivered' | 'failed' | 'dead';
  readonly attempt: number;
  /** See `Attempt.result`. */
  readonly result: string;
  readonly tookMs: number;
}

export interface DispatcherDeps {
  readonly webhooks: readonly WebhookSettings[];
  readonly queue: Queue;
  readonly sender: Pick<Sender, 'send'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly observe: (event: WebhookEvent) => void;
}

export interface Dispatcher {
  start(): void;
  /** Looks for due deliveries now. */
  wake(): void;
  /** Resolves when the attempts under way are over. */
  stop(): Promise<void>;
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
/** The pauses after each failed attempt, ms: 15 attempts within three days. */
export const pausesMs: readonly number[] = [
  ...[5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute],
  ...[1 * hour, 2 * hour, 4 * hour, 8 * hour, 8 * hour, 12 * hour, 12 * hour, 12 * hour, 12 * hour],
];
/** A pause is longer or shorter by up to this share, so that deliveries that failed together do not come again together. */
const jitter = 0.1;
const lookMs = 5_000;
const sweepMs = 3_600_000;

/** Delivers what is due, for every webhook by itself: one that does not respond holds up no other. */
export const createDispatcher = (deps: DispatcherDeps): Dispatcher => {
  const { webhooks, queue, clock } = deps;
  const lines = webhooks.map((webhook) => createLine(webhook, deps));
  const ids = webhooks.map(({ id }) => id);
  let cancelSweep = (): void => undefined;
  const sweep = (): void => {
    // What cannot be removed now is removed an hour later.
    void queue.sweep(ids).catch(() => undefined);
    cancelSweep = clock.after(sweepMs, sweep);
  };
  return {
    start() {
      sweep();
      for (const line of lines) line.look();
    },
    wake() {
      for (const line of lines) line.look();
    },
    async stop() {
      cancelSweep();
      await Promise.all(lines.map((line) => line.stop()));
    },
  };
};

interface Line {
  readonly look: () => void;
  readonly stop: () => Promise<void>;
}

const createLine = (
  webhook: WebhookSettings,
  { queue, sender, clock, random, observe }: DispatcherDeps,
): Line => {
  const underway = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  let cancel = (): void => undefined;

  const attempt = async (taken: Taken): Promise<void> => {
    const started = clock.now();
    const { body, messageId, attempts, kind, brandId } = taken;
    const made: Attempt =
      body === undefined
        ? { isDelivered: false, isFinal: true, result: 'UNREADABLE' }
        : await sender.send(webhook, { id: messageId, body });
    const pauseMs = made.isFinal ? undefined : pausesMs[attempts - 1];
    const { result } = made;
    const outcome = made.isDelivered ? 'delivered' : pauseMs === undefined ? 'dead' : 'failed';
    observe({
      webhook: webhook.id,
      brandId,
      kind,
      outcome,
      attempt: attempts,
      result,
      tookMs: clock.now() - started,
    });
    if (made.isDelivered) await queue.finish(taken, { state: 'DELIVERED', result });
    else if (pauseMs === undefined) await queue.finish(taken, { state: 'DEAD', result });
    else
      await queue.finish(taken, {
        state: 'WAITING',
        result,
        pauseMs: pauseMs * (1 + jitter * (2 * random() - 1)),
      });
  };

  const takeDue = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false;
      const free = maxConcurrent - underway.size;
      if (free <= 0) return;
      // Without the database, the next look asks again.
      for (const taken of await queue.take(webhook.id, free).catch(() => [])) {
        // If the outcome cannot be stored, the lease ends, and the receiver gets the same id again.
        const run = attempt(taken)
          .catch(() => undefined)
          .finally(() => {
            underway.delete(run);
            look();
          });
        underway.add(run);
      }
    }
  };
  const look = (): void => {
    isWanted = true;
    if (isStopped || looking !== undefined) return;
    cancel();
    looking = takeDue().finally(() => {
      looking = undefined;
      if (isStopped) return;
      if (isWanted) look();
      else cancel = clock.after(lookMs, look);
    });
  };
  return {
    look,
    async stop() {
      isStopped = true;
      cancel();
      await looking;
      await Promise.all(underway);
    },
  };
};
