import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { deriveKey } from '../../shared/key-ring';

export type NodeRef =
  | { readonly kind: 'Brand'; readonly brandId: string }
  | { readonly kind: 'CardTemplate'; readonly brandId: string; readonly cardId: string }
  | { readonly kind: 'MembershipActivity'; readonly brandId: string; readonly activityId: string }
  | { readonly kind: 'BulkOperation'; readonly brandId: string; readonly operationId: string }
  | {
      readonly kind: 'UserCard';
      readonly brandId: string;
      readonly cardId: string;
      readonly openid: string;
      readonly userCardCode: string;
    };

/**
 * Global ids. The same object has the same id on every instance and after a restart. Without the key, nobody can read or create
 * one.
 */
export interface NodeIds {
  encode(ref: NodeRef): string;
  /** `undefined` if the id is not one of ours. */
  decode(id: string): NodeRef | undefined;
}

/** Fits the longest key fields that the documents allow, and is cheap to decode. */
const form = /^[\w-]{1,512}$/;
const ivBytes = 12;
const tagBytes = 16;

/**
 * Clients store ids, so they have a key of their own that is never rotated. Uses a synthetic IV, a keyed hash of the plaintext:
 * the encryption is deterministic and still authenticated.
 */
export const createNodeIds = (key: KeyObject): NodeIds => {
  const ivKey = deriveKey(key, 'node-id iv');
  const cipherKey = deriveKey(key, 'node-id cipher');

  return {
    encode(ref) {
      const plain = JSON.stringify(toTuple(ref));
      const iv = syntheticIv(ivKey, plain);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, iv);
      const bytes = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return bytes.toString('base64url');
    },
    decode(text) {
      if (!form.test(text)) return undefined;
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length <= ivBytes + tagBytes) return undefined;
      // Node decodes base64 leniently, but an object must have only one id.
      if (bytes.toString('base64url') !== text) return undefined;
      const iv = bytes.subarray(0, ivBytes);
      try {
        const decipher = createDecipheriv('aes-256-gcm', cipherKey, iv, { authTagLength: tagBytes });
        decipher.setAuthTag(bytes.subarray(-tagBytes));
        const plain = Buffer.concat([
          decipher.update(bytes.subarray(ivBytes, -tagBytes)),
          decipher.final(),
        ]).toString('utf8');
        return timingSafeEqual(iv, syntheticIv(ivKey, plain)) ? fromTuple(JSON.parse(plain)) : undefined;
      } catch {
        return undefined;
      }
    },
  };
};

const syntheticIv = (key: KeyObject, plain: string): Buffer =>
  createHmac('sha256', key).update(plain).digest().subarray(0, ivBytes);

const toTuple = (ref: NodeRef): readonly string[] => {
  switch (ref.kind) {
    case 'Brand':
      return ['B', ref.brandId];
    case 'CardTemplate':
      return ['T', ref.brandId, ref.cardId];
    case 'MembershipActivity':
      return ['A', ref.brandId, ref.activityId];
    case 'BulkOperation':
      return ['O', ref.brandId, ref.operationId];
    case 'UserCard':
      return ['C', ref.brandId, ref.cardId, ref.openid, ref.userCardCode];
  }
};

const fromTuple = (value: unknown): NodeRef | undefined => {
  if (!Array.isArray(value)) return undefined;
  const [kind, brandId, second, openid, userCardCode] = value.map(String);
  if (brandId === undefined) return undefined;
  if (kind === 'B') return { kind: 'Brand', brandId };
  if (second === undefined) return undefined;
  if (kind === 'T') return { kind: 'CardTemplate', brandId, cardId: second };
  if (kind === 'A') return { kind: 'MembershipActivity', brandId, activityId: second };
  if (kind === 'O') return { kind: 'BulkOperation', brandId, operationId: second };
  if (kind !== 'C' || openid === undefined || userCardCode === undefined) return undefined;
  return { kind: 'UserCard', brandId, cardId: second, openid, userCardCode };
};
