import { Counter, Histogram, type Registry } from 'prom-client';
import type { OperationEvent } from '../server/graphql/operation-event';
import { publicText } from '../shared/errors';
import { prefix } from './prefix';

export interface OperationMetrics {
  readonly answered: (event: OperationEvent) => void;
}

/** Seconds. */
const buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 15];

/** Metrics of GraphQL operations. */
export const createOperationMetrics = (registers: Registry[]): OperationMetrics => {
  const operations = new Counter({
    name: `${prefix}operations_total`,
    help: 'GraphQL operations, and events of subscriptions, by type and outcome: ok, partial (data and errors), failed.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const errors = new Counter({
    name: `${prefix}operation_errors_total`,
    help: 'Errors in responses, by code.',
    labelNames: ['code'],
    registers,
  });
  // Prometheus sees no increase in a counter whose first value is already 1.
  for (const code of Object.keys(publicText)) errors.inc({ code }, 0);
  const durations = new Histogram({
    name: `${prefix}operation_duration_seconds`,
    help: 'From the parsed request to the response.',
    labelNames: ['type'],
    buckets,
    registers,
  });
  return {
    answered({ type: operationType, eventId, outcome, codes, durationMs }) {
      const type = eventId === undefined ? operationType : 'event';
      operations.inc({ type, outcome });
      durations.observe({ type }, durationMs / 1000);
      for (const code of codes) errors.inc({ code });
    },
  };
};
