import { Busboy } from '@fastify/busboy';
import { AppError } from '../../shared/errors';
import type { Texts } from '../../shared/language';

/** What a form may hold beside its file: boundaries, headers of parts, further fields. Bytes. */
export const maxFormBytes = 16_384;

/** A browser sends a few fields beside the file, which are ignored. */
const limits = { files: 2, fields: 20, parts: 22, fieldNameSize: 200, headerPairs: 20, headerSize: 4_096 };

/**
 * The only file of a form (RFC 7578), under any name; `wx.uploadFile` chooses it by `name`. The type that the form states for the
 * file is ignored, because the bytes show it. Rejects with BAD_USER_INPUT if the form is malformed or has no file or several.
 */
export const pictureInForm = (body: Buffer, contentType: string): Promise<Buffer> =>
  new Promise<Buffer>((resolve, reject) => {
    const files: Buffer[][] = [];
    const malformed = (): void => {
      reject(wrong(noForm));
    };
    // A reader without a boundary throws.
    const reader = new Busboy({ headers: { 'content-type': contentType }, limits });
    reader.on('file', (_, stream) => {
      const chunks: Buffer[] = [];
      files.push(chunks);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', malformed);
    });
    reader.on('partsLimit', malformed);
    reader.on('fieldsLimit', malformed);
    reader.on('error', malformed);
    reader.on('finish', () => {
      // A browser sends an input without a chosen file as an empty one.
      const [file, another] = files.map((chunks) => Buffer.concat(chunks)).filter(({ length }) => length > 0);
      if (file === undefined) reject(wrong(noFile));
      else if (another !== undefined) reject(wrong(severalFiles));
      else resolve(file);
    });
    reader.end(body);
  }).catch((error: unknown) => {
    throw error instanceof AppError ? error : wrong(noForm);
  });

const noForm: Texts = ['The form is malformed or incomplete.', '表单格式有误或不完整。'];
const noFile: Texts = ['The form must have the picture as a file.', '表单须以文件形式包含图片。'];
const severalFiles: Texts = ['The form must have one file only.', '表单只能包含一个文件。'];

const wrong = (publicMessage: Texts): AppError =>
  new AppError('BAD_USER_INPUT', 'not a form with a picture', { publicMessage });
