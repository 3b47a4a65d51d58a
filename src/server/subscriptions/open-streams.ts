import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { createClientAbort } from '../http/client-abort';

/** One subscription that is open, on any transport. */
export interface OpenStream {
  /** Aborts when the subscription ends, for whatever reason. */
  readonly end: AbortController;
  /** What the client is told as the last result, if the server ends the stream because of an error. */
  refusal: AppError | undefined;
  /** True if the client should reconnect at once: the stream ended without an error of it. */
  drained: boolean;
  /** Must be called once the subscription is over, or its place stays taken. */
  close(): void;
}

export interface OpenStreamsOptions {
  readonly clock: Clock;
  /** Maximum open subscriptions of this process, and per caller. */
  readonly maxStreams: number;
  readonly maxStreamsPerCaller: number;
  /** Called with the number of open subscriptions whenever it changes. */
  readonly onCount?: (open: number) => void;
}

export interface OpenStreams {
  /** Takes a place; `max`: of this caller, default `maxStreamsPerCaller`. `full`: too many are open. `draining`: the server stops. */
  open(callerId: string, max?: number): OpenStream | 'full' | 'draining';
  /** Ends every stream, so that clients reconnect; no further one is opened. */
  readonly drain: () => void;
}

/** Maximum life of a stream, ms. The client then reconnects and authenticates again, even if nothing has happened meanwhile. */
const lifeMs = 30 * 60_000;

/** The places of all subscriptions of this process; the transports share them. */
export const createOpenStreams = ({
  clock,
  maxStreams,
  maxStreamsPerCaller,
  onCount = () => undefined,
}: OpenStreamsOptions): OpenStreams => {
  const streams = new Set<OpenStream>();
  const perCaller = new Map<string, number>();
  let draining = false;
  const count = (caller: string, by: 1 | -1): void => {
    const next = (perCaller.get(caller) ?? 0) + by;
    if (next === 0) perCaller.delete(caller);
    else perCaller.set(caller, next);
  };
  const end = (stream: OpenStream, why: string): void => {
    stream.drained = true;
    stream.end.abort(new Error(why));
  };
  return {
    open(callerId, max = maxStreamsPerCaller) {
      if (draining) return 'draining';
      const own = perCaller.get(callerId) ?? 0;
      if (streams.size >= maxStreams || own >= max) return 'full';
      const stream: OpenStream = {
        end: createClientAbort(),
        refusal: undefined,
        drained: false,
        close() {
          if (!streams.delete(stream)) return;
          cancel();
          stream.end.abort(new Error('the stream has ended'));
          count(callerId, -1);
          onCount(streams.size);
        },
      };
      const cancel = clock.after(lifeMs, () => {
        end(stream, 'the stream is old');
      });
      streams.add(stream);
      count(callerId, 1);
      onCount(streams.size);
      return stream;
    },
    drain() {
      draining = true;
      for (const stream of streams) end(stream, 'the server stops');
    },
  };
};

/** Why no further stream is opened. */
export const tooManyStreams = (): AppError => new AppError('TOO_MANY_STREAMS', 'too many open subscriptions');

/** Retry-After of that refusal, s. */
export const retryAfterSeconds = 5;
