import type { IncomingMessage, ServerResponse } from 'node:http';
import { textIn } from '../../shared/language';
import { headerOf } from './headers';
import { failure, sendJson } from './send-json';
import { languageOf } from './language';

/**
 * Refuses requests whose `Host` is not this machine. Without authentication, any web page open in a local browser could call
 * the server by pointing its own name here (DNS rebinding); `Host` then holds the page's name.
 */
export const rejectForeignHost = (isOwn: (hostname: string) => boolean) => {
  // Most requests name the same host as the one before.
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
      failure('FORBIDDEN', textIn(languageOf(headerOf(request, 'acceptLanguage')), foreignHost)),
    );
    return true;
  };
};

const foreignHost = [
  'Host must name this machine (127.0.0.1 or localhost) while there is no auth section.',
  '未配置 auth 时，Host 须为本机（127.0.0.1 或 localhost）。',
] as const;

const hostnameOf = (host: string): string =>
  URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
