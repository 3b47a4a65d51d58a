import { createHash } from 'node:crypto';
import type { Scope } from '../../traffic/calls/call';
import type { UpstreamRequest } from '../../traffic/calls/upstream-request';
import { record, text } from '../records/decode';
import { interfaces } from './interfaces';
import type { SendCall } from './call-interface';
import { readPicture, type Picture } from '../records/picture';
import type { Route } from '../settings';

/** Pictures for cards and templates. */
export interface Images {
  /** Returns the permanent URL to use as cardPictureUrl. Throws BAD_USER_INPUT if the bytes are not a valid picture. */
  uploadImage(image: { readonly brandId: string; readonly bytes: Buffer }, scope: Scope): Promise<string>;
}

/** The partner and brand documents name the digest differently (partner 4015900513, brand 4015680641). */
const digestField: Readonly<Record<Route, string>> = { partner: 'sha256', brand: 'file_digest' };
/** Fixed names, because the client's file name may hold personal data. */
const fileNames: Readonly<Record<Picture['type'], string>> = {
  'image/png': 'card.png',
  'image/jpeg': 'card.jpg',
};

export const createImages = (sendCall: SendCall): Images => ({
  async uploadImage({ brandId, bytes }, scope) {
    const { type } = readPicture(bytes);
    const name = fileNames[type];
    const digest = createHash('sha256').update(bytes).digest('hex');
    const { data } = await sendCall({ name: 'UPLOAD_IMAGE', brandId, scope }, (route) => ({
      request: () => uploadRequest(route, { name, type, bytes }, digest),
    }));
    return answer(data, 'body').mediaUrl;
  },
});

const uploadRequest = (
  route: Route,
  file: { readonly name: string; readonly type: string; readonly bytes: Buffer },
  digest: string,
): UpstreamRequest => {
  const { method, elsewhere } = interfaces.UPLOAD_IMAGE;
  const meta = JSON.stringify({ filename: file.name, [digestField[route]]: digest });
  return { method, target: elsewhere[route], sealed: false, body: () => meta, file };
};

const answer = record({ mediaUrl: text });
