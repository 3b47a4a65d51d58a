import { createCipher } from '../shared/cipher';
import { AppError } from '../shared/errors';
import type { KeyRing } from '../shared/key-ring';

/** What is stored of a card only encrypted. */
export interface SealedKey {
  /** Absent if only the lost response to an import by phone had it. */
  readonly openid?: string;
  readonly userCardCode: string;
}

export interface Sealing {
  seal(cardName: string, key: SealedKey): string;
  /** An error if the key with which it was encrypted is no longer configured. */
  open(cardName: string, sealed: string): SealedKey | AppError;
  /** Whether it should be encrypted again, because another key is the first now. */
  isFormer(sealed: string): boolean;
  /** The ids of the keys that only decrypt. */
  formerIds(): readonly string[];
}

/** Encrypted with the first encryption key. A text belongs to its card and decrypts for no other. */
export const createSealing = (keys: KeyRing): Sealing => {
  const purpose = "members' directory";
  const cipher = createCipher(keys, purpose);
  const view = keys.derive(purpose);
  return {
    seal: (cardName, { openid, userCardCode }) =>
      cipher.encrypt(cardName, JSON.stringify([userCardCode, openid ?? null])),
    open(cardName, sealed) {
      const plain = cipher.decrypt(cardName, sealed);
      if (plain === undefined) return keyMissing();
      const [userCardCode, openid] = JSON.parse(plain) as readonly [string, string | null];
      return { userCardCode, ...(openid !== null && { openid }) };
    },
    isFormer: (sealed) => !sealed.startsWith(`${view.current().id}.`),
    formerIds: () =>
      view
        .all()
        .slice(1)
        .map(({ id }) => id),
  };
};

const keyMissing = (): AppError =>
  new AppError('DECRYPTION_KEY_MISSING', "an entry of the members' directory is under a removed key", {
    publicMessage: [
      "This entry of the members' directory is encrypted with a key that is no longer in encryptionKeys.",
      '会员目录中的该条目使用的加密密钥已不在 encryptionKeys 中，无法解密。',
    ],
    hint: [
      'encryptionKeys: put the former key back at the end of the list',
      'encryptionKeys：将旧密钥放回列表末尾',
    ],
  });
