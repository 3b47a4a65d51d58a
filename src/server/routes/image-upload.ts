import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { ErrorFormat } from '../graphql/format-error';
import { headerOf } from '../http/headers';
import { sendJson } from '../http/send-json';
import { abortWhenClientLeaves } from '../http/client-abort';
import { gone, readBytes } from '../http/read-body';
import { maxFormBytes, pictureInForm } from './picture-form';
import { refuse, statusOfRefusal, type Reporting } from './refuse';

/** What the sender of the request may do. */
export interface UploadAccess extends Pick<ErrorFormat, 'permissions'> {
  mayWrite(brandId: string): boolean;
  /**
   * Resolves to the URL of the picture. Rejects with AppError as `readPicture` does, or BAD_USER_INPUT if the bytes are not a
   * valid picture.
   */
  upload(image: {
    readonly brandId: string;
    /** Resolves to the body. Rejects with AppError if the sender may not write to the brand, or the body is too large. */
    readonly readPicture: () => Promise<Buffer>;
    /** Aborts if the client disconnects before the response is sent. */
    readonly signal: AbortSignal;
  }): Promise<string>;
}

export interface ImageUploadOptions extends Reporting {
  /** Maximum size of a picture, bytes. */
  readonly maxBytes: number;
}

/** HTTP status by error code. Every other code is a 502, because the failure is WeChat Pay's. */
const statuses: Partial<Record<ErrorCode, number>> = {
  ...statusOfRefusal,
  UPSTREAM_RATE_LIMITED: 429,
  UPSTREAM_BUSY: 503,
  UPSTREAM_UNAVAILABLE: 503,
  MISCONFIGURED: 500,
  INTERNAL_SERVER_ERROR: 500,
};

const picture = /^image\/(png|jpeg)$/i;
const form = /^multipart\/form-data\s*(;|$)/i;

/**
 * Handles `POST /images?brandId=…`: the body is a PNG or JPEG, or a form with one as its only file, as browsers and
 * `wx.uploadFile` send it. The response is `{"cardPictureUrl": "…"}`, for the input field of that name. Failures have GraphQL's form, `{"errors": [{message, extensions}]}`, with their own HTTP status.
 */
export const createImageUpload =
  ({ maxBytes, ...reporting }: ImageUploadOptions) =>
  async (request: IncomingMessage, response: ServerResponse, access: UploadAccess): Promise<void> => {
    const refused = (status: number, error: unknown): void => {
      refuse(request, response, { error, status, permissions: access.permissions, ...reporting });
    };

    const type = headerOf(request, 'contentType') ?? '';
    const isForm = form.test(type);
    if (!isForm && !picture.test(type)) {
      refused(
        415,
        wrong(
          'Content-Type must be image/png, image/jpeg or multipart/form-data.',
          'Content-Type 须为 image/png、image/jpeg 或 multipart/form-data。',
        ),
      );
      return;
    }
    const brandId = new URL(request.url ?? '', 'http://server').searchParams.get('brandId') ?? '';
    const tooLarge = wrong(`The picture must not exceed ${maxBytes} bytes.`, `图片最大 ${maxBytes} 字节。`);
    const readPicture = async (): Promise<Buffer> => {
      // Checked before the body, which then need not be read.
      if (!access.mayWrite(brandId)) throw unknownBrand();
      const bytes = await readBytes(request, isForm ? maxBytes + maxFormBytes : maxBytes);
      if (bytes === gone) throw wrong('The upload was interrupted.', '上传中断。');
      const file = isForm && bytes !== undefined ? await pictureInForm(bytes, type) : bytes;
      if (file === undefined || file.length > maxBytes) throw tooLarge;
      return file;
    };
    const clientAbort = abortWhenClientLeaves(response);
    try {
      sendJson(response, 200, {
        cardPictureUrl: await access.upload({ brandId, readPicture, signal: clientAbort.signal }),
      });
    } catch (error) {
      if (clientAbort.signal.aborted) return;
      if (error === tooLarge) refused(413, error);
      else refused(error instanceof AppError ? (statuses[error.code] ?? 502) : 500, error);
    }
  };

const wrong = (en: string, zh: string): AppError =>
  new AppError('BAD_USER_INPUT', 'an upload breaks a rule', { publicMessage: [en, zh] });

const unknownBrand = (): AppError =>
  new AppError('NOT_FOUND', 'an upload for a brand that the caller may not write to', {
    publicMessage: ['brandId is not a brand that you may write to.', 'brandId 不是您可操作的品牌。'],
  });
