import type { Clock } from '../../shared/clock';
import type { ScheduledCall } from '../../traffic/calls/call';
import type { Span } from '../../traffic/calls/span';
import { outcomeOf } from '../../traffic/calls/trace-calls';

/** The parts of an attempt that the transport makes, for traces. */
export interface AttemptSpans {
  /** Called when the request has been signed, with when that began. */
  readonly signed: (from: number) => void;
  /** Called when the first byte is written. */
  readonly written: (at: number) => void;
  /** Called when the response has been read. */
  readonly answered: (status: number) => void;
  /** Called when the signature of the response has been checked. */
  readonly verified: (genuine: boolean) => void;
  /** Called if the attempt fails. Ends what is under way. */
  readonly failed: (error: unknown) => void;
}

export const attemptSpans = (
  span: Span,
  { host, attempt, signal }: Pick<ScheduledCall, 'host' | 'attempt'> & { readonly signal?: AbortSignal },
  clock: Clock,
): AttemptSpans => {
  let current: Span | undefined;
  return {
    signed(from) {
      span.begin('sign', from).end(clock.now(), { outcome: 'ok' });
    },
    written(at) {
      current = span.begin('exchange', at, { host, attempt });
    },
    answered(status) {
      current?.end(clock.now(), { status, outcome: 'ok' });
      current = span.begin('verify', clock.now());
    },
    verified(genuine) {
      current?.end(clock.now(), { outcome: genuine ? 'ok' : 'UPSTREAM_SIGNATURE_INVALID' });
    },
    failed(error) {
      current?.end(clock.now(), outcomeOf(error, signal === undefined ? {} : { signal }));
    },
  };
};
