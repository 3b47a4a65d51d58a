import type { TestApp } from './test-app';

/** Calls of an interface that arrived upstream, without retries: on a busy machine an attempt may be given up and repeated. */
export const firstAttempts = (app: TestApp, name: string): number =>
  app.arrived(name) -
  app.exchanges.filter(({ attempt, interface: called }) => attempt > 1 && called === name).length;
