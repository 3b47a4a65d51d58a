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

/** A card as an HMAC, under the same key: the one that an import made, which only its code names. */
export type CardKeyOf = (card: {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
}) => string;

export const isImport = (kind: BulkKind): boolean =>
  kind === 'IMPORT_BY_PHONE' || kind === 'IMPORT_BY_OPENID';

/** As what an import carries out rows whose card exists. */
export const updateKind = 'UPDATE_USER_CARDS' satisfies BulkKind;

/** What a row writes. Points and the card itself are written by different interfaces, so neither gives way to the other. */
const subjectOf = (kind: BulkKind, { phoneNumber, openid, userCardCode }: RowValues): readonly unknown[] => {
  switch (kind) {
    case 'IMPORT_BY_PHONE':
      return ['phone', phoneNumber];
    case 'IMPORT_BY_OPENID':
      return ['openid', openid];
    case 'SYNC_USER_POINTS':
      return ['points', userCardCode];
    case 'RECORD_MEMBERS':
      return ['recorded', userCardCode];
    case 'COMPARE':
      return ['compared', userCardCode];
    case 'UPDATE_USER_CARDS':
    case 'INVALIDATE_USER_CARDS':
      return ['card', userCardCode];
  }
};

export const createRowKeys = (
  idsKey: KeyObject,
): { readonly rowKeyOf: RowKeyOf; readonly cardKeyOf: CardKeyOf } => {
  const key = deriveKey(idsKey, 'bulk row keys');
  const hash = (parts: readonly unknown[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  return {
    rowKeyOf: ({ kind, brandId, cardId }, values) => hash([brandId, cardId, ...subjectOf(kind, values)]),
    cardKeyOf: ({ brandId, cardId, userCardCode }) => hash([brandId, cardId, 'openid of', userCardCode]),
  };
};
