import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type ErrorCode } from '../../shared/errors';
import { formatError, type ErrorFormat } from '../graphql/format-error';
import { abortWhenClientLeaves } from '../http/client-abort';
import { headerOf } from '../http/headers';
import { languageOf } from '../http/language';
import { sendJson } from '../http/send-json';

/** A file that is made while it is sent. */
export interface Download {
  readonly fileName: string;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  AUDIT_UNAVAILABLE: 503,
  DATABASE_UNAVAILABLE: 503,
};

/** Answers with a file. Failures before its first byte have GraphQL's form and an HTTP status; later ones break the response off. */
export const createFileDownload =
  (reporting: Pick<ErrorFormat, 'newErrorId' | 'report' | 'nameRefusal'>) =>
  async (
    request: IncomingMessage,
    response: ServerResponse,
    {
      permissions,
      open,
    }: Pick<ErrorFormat, 'permissions'> & {
      readonly open: (parameters: URLSearchParams) => Promise<Download>;
    },
  ): Promise<void> => {
    const { signal } = abortWhenClientLeaves(response);
    try {
      const { fileName, contentType, chunks } = await open(
        new URL(request.url ?? '', 'http://server').searchParams,
      );
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
      const language = languageOf(headerOf(request, 'acceptLanguage'));
      const { message, extensions } = formatError(error, { language, permissions, ...reporting });
      if (response.headersSent) response.destroy();
      else
        sendJson(response, error instanceof AppError ? (statuses[error.code] ?? 500) : 500, {
          errors: [{ message, extensions }],
        });
    }
  };
