import type { IncomingMessage, ServerResponse } from 'node:http';
import { Busboy } from '@fastify/busboy';
import { AppError, codeOf } from '../../shared/errors';
import type { Language } from '../../shared/language';
import type { ErrorFormat } from '../graphql/format-error';
import { abortWhenClientLeaves } from '../http/client-abort';
import { headerOf } from '../http/headers';
import { languageOf } from '../http/language';
import { sendJson } from '../http/send-json';
import { refuse, statusOfRefusal, type Reporting } from './refuse';

/** What the sender of the request may do. */
export interface BulkUploadAccess extends Pick<ErrorFormat, 'permissions'> {
  mayWrite(brandId: string): boolean;
  /** Reads the file and resolves to the response. Rejects with AppError. */
  store(file: {
    readonly brandId: string;
    readonly bytes: AsyncIterable<Uint8Array>;
    readonly fileName: string | undefined;
    readonly contentType: string | undefined;
    readonly language: Language;
  }): Promise<object>;
}

const form = /^multipart\/form-data\s*(;|$)/i;

/**
 * Handles `POST /bulk/files?brandId=…`: the body is a table, or a form with one as its only file. It is read while it arrives, and
 * never held as a whole. Failures have GraphQL's form, `{"errors": [{message, extensions}]}`, with their own HTTP status.
 */
export const createBulkUpload =
  (reporting: Reporting) =>
  async (request: IncomingMessage, response: ServerResponse, access: BulkUploadAccess): Promise<void> => {
    const language = languageOf(headerOf(request, 'acceptLanguage'));
    const brandId = new URL(request.url ?? '', 'http://server').searchParams.get('brandId') ?? '';
    const clientAbort = abortWhenClientLeaves(response);
    try {
      if (!access.mayWrite(brandId)) throw unknownBrand();
      const type = headerOf(request, 'contentType') ?? '';
      const file = form.test(type)
        ? await fileInForm(request, type)
        : { bytes: request, fileName: undefined, contentType: type };
      sendJson(response, 200, await access.store({ brandId, language, ...file }));
    } catch (error) {
      if (clientAbort.signal.aborted) return;
      const status = statusOfRefusal[codeOf(error)] ?? 500;
      refuse(request, response, { error, status, permissions: access.permissions, ...reporting });
    }
  };

interface FormFile {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly fileName: string | undefined;
  readonly contentType: string | undefined;
}

/** The first file of a form, as a stream; the rest of the form is not read. */
const fileInForm = (request: IncomingMessage, type: string): Promise<FormFile> =>
  new Promise((resolve, reject) => {
    const refuse = (): void => {
      reject(
        new AppError('BAD_USER_INPUT', 'not a form with a file', {
          publicMessage: [
            'The form must have the table as its only file.',
            '表单须以文件形式包含且仅包含一个表格文件。',
          ],
        }),
      );
    };
    try {
      const reader = new Busboy({
        headers: { 'content-type': type },
        limits: { files: 1, fields: 20, parts: 22, fieldNameSize: 200, headerPairs: 20, headerSize: 4_096 },
      });
      reader.on('file', (_field, stream, fileName, _encoding, contentType) => {
        resolve({ bytes: stream, fileName, contentType });
      });
      reader.on('finish', refuse);
      reader.on('error', refuse);
      request.once('error', refuse);
      request.pipe(reader);
    } catch {
      refuse();
    }
  });

const unknownBrand = (): AppError =>
  new AppError('NOT_FOUND', 'an upload for a brand that the caller may not write to', {
    publicMessage: ['brandId is not a brand that you may write to.', 'brandId 不是您可操作的品牌。'],
  });
