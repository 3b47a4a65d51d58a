import type { IncomingMessage, ServerResponse } from 'node:http';
import { failure, sendJson } from './http';

/**
 * Answers requests for another host than this one. A server that asks nobody who they are is called by whatever page the
 * browser on this machine shows, if that page's name is made to point here (DNS rebinding): then `Host` has the page's name.
 */
export const rejectForeignHost = (isOwn: (hostname: string) => boolean) => {
  // Nearly every request names the host that the one before it named.
  let lastAccepted: string | undefined;
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { host = '' } = request.headers;
    if (host === lastAccepted) return false;
    if (isOwn(hostnameOf(host))) {
      lastAccepted = host;
      return false;
    }
    request.resume();
    sendJson(
      response,
      421,
      failure(
        'FORBIDDEN',
        'Host must name this machine (127.0.0.1 or localhost) while there is no auth section.',
      ),
    );
    return true;
  };
};

const hostnameOf = (host: string): string =>
  URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
