import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Aborts when the client leaves before it has the whole response. */
export const abortWhenClientLeaves = (response: ServerResponse): AbortController => {
  const clientAbort = createClientAbort();
  response.on('close', () => {
    if (!response.writableFinished) clientAbort.abort(clientHasLeft());
  });
  return clientAbort;
};

export const createClientAbort = (): AbortController => {
  const clientAbort = new AbortController();
  // Every call of an operation listens; Node warns of a leak above ten listeners.
  setMaxListeners(0, clientAbort.signal);
  return clientAbort;
};

export const clientHasLeft = (): Error => new Error('the client has left');
