import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { codeOf } from '../../shared/errors';
import type { Language } from '../../shared/language';
import { formatError, type ErrorFormat } from '../graphql/format-error';
import { abortWhenClientLeaves } from '../http/client-abort';
import { headerOf } from '../http/headers';
import { languageOf } from '../http/language';
import { refuse, statusOfRefusal, type Reporting } from './refuse';

/** A file that is made while it is sent. */
export interface Download {
  readonly fileName: string;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Which file is asked for. */
export interface Asked {
  /** Path and parameters, without the base path. */
  readonly target: Pick<URL, 'pathname' | 'searchParams'>;
  readonly language: Language;
}

/** Answers with a file. Failures before its first byte have GraphQL's form and an HTTP status; later ones break the response off. */
export const createFileDownload =
  (reporting: Reporting) =>
  async (
    request: IncomingMessage,
    response: ServerResponse,
    {
      permissions,
      open,
    }: Pick<ErrorFormat, 'permissions'> & {
      readonly open: (asked: Asked) => Promise<Download>;
    },
  ): Promise<void> => {
    const { signal } = abortWhenClientLeaves(response);
    try {
      const { fileName, contentType, chunks } = await open({
        target: new URL(request.url ?? '', 'http://server'),
        language: languageOf(headerOf(request, 'acceptLanguage')),
      });
      response.writeHead(200, {
        'content-type': contentType,
        'content-disposition': `attachment; filename="${fileName}"`,
        'cache-control': 'no-store',
      });
      for await (const chunk of chunks) {
        if (signal.aborted) return;
        // A slow reader: nothing more is read from the database meanwhile.
        if (!response.write(chunk)) await once(response, 'drain', { signal });
      }
      response.end();
    } catch (error) {
      if (signal.aborted) return;
      if (response.headersSent) {
        // Its client sees that the file is not whole; the log, why.
        formatError(error, { language: 'en', permissions, ...reporting });
        response.destroy();
        return;
      }
      const status = statusOfRefusal[codeOf(error)] ?? 500;
      refuse(request, response, { error, status, permissions, ...reporting });
    }
  };
