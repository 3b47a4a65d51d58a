import type { Clock } from '../shared/clock';
import { createSamples, type Samples } from '../shared/samples';
import type { LogEvent } from './log-event';
import { logEvents, type LogEventName } from './log-events';

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes the lines of the catalogue. */
export interface LogWriter {
  /** Writes a line, or counts it if one of its kind was written within a minute. */
  write(name: LogEventName, fields: LogFields): void;
  /** Writes what was counted so far. */
  flush(): void;
}

export interface LogWriterOptions {
  readonly logger: Readonly<Record<LogEvent['level'], (fields: LogFields, message: string) => void>>;
  readonly clock: Clock;
}

/**
 * Level and message of a line come from the catalogue only. A counted line shows the latest one of its kind, so that its Request-ID
 * is recent, and `count`.
 */
export const createLogWriter = ({ logger, clock }: LogWriterOptions): LogWriter => {
  const put = (name: LogEventName, fields: LogFields, count: number): void => {
    const { level, message } = logEvents[name];
    logger[level]({ event: name, ...fields, ...(count === 1 ? {} : { count }) }, message);
  };
  // One sampler per event, so that a flood of one event does not blur the others.
  const samples = new Map<LogEventName, Samples<LogFields>>();
  const samplesOf = (name: LogEventName, countedBy: readonly string[]): Samples<LogFields> => {
    const known =
      samples.get(name) ??
      createSamples<LogFields>({
        clock,
        report(fields, count) {
          put(name, fields, count);
        },
        keyOf: (fields) => JSON.stringify(countedBy.map((field) => fields[field] ?? null)),
        coarse: () => ({}),
      });
    samples.set(name, known);
    return known;
  };

  return {
    write(name, fields) {
      const { countedBy }: LogEvent = logEvents[name];
      if (countedBy === undefined) put(name, fields, 1);
      else samplesOf(name, countedBy).observe(fields);
    },
    flush() {
      for (const each of samples.values()) each.flush();
    },
  };
};
