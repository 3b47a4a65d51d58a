import { deliveryLogEvents } from './delivery-log-events';
import { durableLogEvents } from './durable-log-events';
import { serverLogEvents } from './server-log-events';
import { storeLogEvents } from './store-log-events';
import { trafficLogEvents } from './traffic-log-events';

/** Every kind of log line, by its `event`. Lines take their level and their message from here; the READMEs repeat this table. */
export const logEvents = {
  ...trafficLogEvents,
  ...deliveryLogEvents,
  ...durableLogEvents,
  ...serverLogEvents,
  ...storeLogEvents,
};

export type LogEventName = keyof typeof logEvents;
