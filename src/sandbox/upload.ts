import { createHash } from 'node:crypto';
import { brokenRule, Failure, invalidRequest, paramError, requestNumbers } from './failure';
import { pictureOf } from './picture';
import type { Route } from './routing';
import { undocumented } from './rules';

/** An image upload as received; the meta JSON is what was signed. */
export interface Upload {
  readonly meta: string;
  readonly metaType: string;
  readonly file: { readonly name: string; readonly type: string; readonly bytes: Buffer };
}

const maxBytes = 2_097_152;
const maxSide = 5_000;
const digestField = { partner: 'sha256', brand: 'file_digest' } as const;

/** Reads multipart/form-data with the platform's own parser; `undefined` if it is invalid or not of the two parts. */
export const readUpload = async (
  contentType: string | undefined,
  bytes: Buffer,
): Promise<Upload | undefined> => {
  if (contentType?.startsWith('multipart/form-data') !== true) return undefined;
  try {
    const whole = new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } });
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- not advised for open servers; here only our own tests upload
    const form = await whole.formData();
    const [meta, file] = [form.get('meta'), form.get('file')];
    if (meta === null || !(file instanceof File) || [...form.keys()].length !== 2) return undefined;
    // The parser treats a part without a filename as text, whatever its Content-Type; the bytes are checked instead.
    const metaType = /name="meta"\r\nContent-Type: ([^\r]+)\r\n\r\n/i.exec(bytes.toString('latin1'))?.[1];
    return {
      meta: typeof meta === 'string' ? meta : await meta.text(),
      metaType: metaType ?? '',
      file: { name: file.name, type: file.type, bytes: Buffer.from(await file.arrayBuffer()) },
    };
  } catch {
    return undefined;
  }
};

/** Validates an upload by the documents and returns its URL. */
export const keepUpload = (route: Route, upload: Upload | undefined): { readonly media_url: string } => {
  // The partner document calls this REQUEST_BLOCKED (403), the brand document INVALID_REQUEST.
  const blocked = (message: string, number: number = requestNumbers.undocumented): Failure =>
    route === 'partner'
      ? new Failure(403, 'REQUEST_BLOCKED', message, { number })
      : invalidRequest(message, number);
  if (upload?.metaType !== 'application/json') throw blocked('请求体须为multipart/form-data的meta和file');
  const { meta, file } = upload;
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(meta) as Readonly<Record<string, unknown>>;
  } catch {
    throw blocked('meta不是合法的JSON');
  }
  for (const name of ['filename', digestField[route]])
    if (typeof fields[name] !== 'string') throw brokenRule(name, '必填');
  for (const name of Object.keys(fields))
    if (name !== 'filename' && name !== digestField[route]) throw undocumented(name);
  if (file.bytes.length === 0) throw paramError('上传的图片内容为空', requestNumbers.emptyImage);
  if (file.bytes.length > maxBytes) throw blocked('图片大小超过2M', requestNumbers.imageTooLarge);
  const picture = pictureOf(file.bytes);
  if (picture === undefined || !picture.types.includes(file.type))
    throw blocked('图片类型错误', requestNumbers.imageType);
  if (file.name !== fields.filename || !/^.{1,120}\.(jpg|jpeg|bmp|png)$/i.test(file.name))
    throw blocked('图片文件名错误', requestNumbers.imageName);
  if (picture.sides.some((side) => side > maxSide))
    throw blocked('图片尺寸超过5000*5000', requestNumbers.imageMeasures);
  const digest = createHash('sha256').update(file.bytes).digest('hex');
  if (fields[digestField[route]] !== digest) throw blocked('图片摘要不匹配', requestNumbers.imageDigest);
  return { media_url: `https://wxpaylogo.qpic.cn/wxpaylogo/${digest.slice(0, 40)}/0` };
};
