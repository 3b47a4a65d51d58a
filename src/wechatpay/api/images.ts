import { createHash } from 'node:crypto';
import type { Scope, UpstreamRequest } from '../../traffic/calls/call';
import { record, text } from '../records/decode';
import { interfaces } from './interfaces';
import type { SendCall } from './call-interface';
import { readPicture, type Picture } from '../records/picture';
import type { Route } from '../settings';

/** Pictures for cards and templates. */
export interface Images {
  /** Answers the URL to give as cardPictureUrl, which stays for good. Throws BAD_USER_INPUT where the bytes are no such picture. */
  uploadImage(image: { readonly brandId: string; readonly bytes: Buffer }, scope: Scope): Promise<string>;
}

/** The partner's page and the brand's name the digest differently (partner 4015900513, brand 4015680641). */
const digestField: Readonly<Record<Route, string>> = { partner: 'sha256', brand: 'file_digest' };
/** Of ours: a client's own name may tell more than it should. */
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
