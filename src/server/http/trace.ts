import { randomFillSync } from 'node:crypto';

/** An operation's place in its caller's trace (W3C Trace Context). */
export interface Trace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** This operation's span, 16 hex digits. */
  readonly spanId: string;
  /** The caller's span. */
  readonly parentSpanId?: string;
  /** Whether the caller's trace is recorded; absent if the caller sent none. */
  readonly parentSampled?: boolean;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The caller's trace, or a new one if `traceparent` is absent or invalid. */
export const traceOf = (traceparent: string | readonly string[] | undefined): Trace => {
  const spanId = randomHex(8);
  const [, version, traceId, parentSpanId, flags = '00', more] =
    form.exec(typeof traceparent === 'string' ? traceparent : '') ?? [];
  const isValid =
    version !== undefined &&
    version !== 'ff' &&
    // Version 00 has four parts; later ones may have more.
    (version !== '00' || more === undefined) &&
    /[^0]/.test(traceId ?? '') &&
    /[^0]/.test(parentSpanId ?? '');
  return isValid && traceId !== undefined && parentSpanId !== undefined
    ? { traceId, spanId, parentSpanId, parentSampled: (Number.parseInt(flags, 16) & 1) === 1 }
    : { traceId: randomHex(16), spanId };
};

/** Random bytes for many operations: each call of the generator costs more than the bytes. */
const pool = Buffer.alloc(4_096);
let drawn = pool.length;

const randomHex = (bytes: number): string => {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += bytes;
  return pool.toString('hex', drawn - bytes, drawn);
};
