import { createHmac, type KeyObject } from 'node:crypto';
import { deriveKey } from '../shared/key-ring';
import type { BulkKind } from './files/kinds';
import type { RowValues } from './files/row-reader';

/**
 * What a row is about, as an HMAC: the member of an import, the card of a change. The same in every operation and after a change of
 * `encryptionKeys`: the key is derived from the key of the global ids, which is not rotated. Nobody without it can try out phone numbers.
 */
export type RowKeyOf = (
  row: { readonly kind: BulkKind; readonly brandId: string; readonly cardId: string },
  values: RowValues,
) => string;

export const isImport = (kind: BulkKind): boolean =>
  kind === 'IMPORT_BY_PHONE' || kind === 'IMPORT_BY_OPENID';

export const createRowKeys = (idsKey: KeyObject): RowKeyOf => {
  const key = deriveKey(idsKey, 'bulk row keys');
  return ({ kind, brandId, cardId }, { phoneNumber, openid, userCardCode }) => {
    const subject =
      kind === 'IMPORT_BY_PHONE'
        ? ['phone', phoneNumber]
        : kind === 'IMPORT_BY_OPENID'
          ? ['openid', openid]
          : ['card', userCardCode];
    return createHmac('sha256', key)
      .update(JSON.stringify([brandId, cardId, ...subject]))
      .digest('base64url');
  };
};
