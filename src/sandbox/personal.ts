import { constants, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import { paramError } from './failure';
import type { FormAnswers, UserCard } from './state';

/** Personal fields are encrypted: requests with WeChat Pay's key, responses with the key of the caller's certificate. */
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' } as const;

export const unsealed = (ciphertext: string, key: KeyObject): string => {
  try {
    return privateDecrypt({ key, ...oaep }, Buffer.from(ciphertext, 'base64')).toString('utf8');
  } catch {
    throw paramError('平台私钥解密失败');
  }
};

const sealed = (plain: string, key: KeyObject): string =>
  publicEncrypt({ key, ...oaep }, Buffer.from(plain)).toString('base64');

/** The decrypted form answers of a request. */
export const unsealedAnswers = (answers: FormAnswers, key: KeyObject): FormAnswers =>
  mapAnswers(answers, (value) => unsealed(value, key));

/** A card as returned to the holder of `key`. */
export const sealedCard = (card: UserCard, key: KeyObject): UserCard => ({
  ...card,
  ...(card.phone_number === undefined ? {} : { phone_number: sealed(card.phone_number, key) }),
  ...(card.user_information === undefined
    ? {}
    : { user_information: mapAnswers(card.user_information, (value) => sealed(value, key)) }),
});

const mapAnswers = (
  { common_field_list, custom_field_list }: FormAnswers,
  map: (value: string) => string,
): FormAnswers => ({
  ...(common_field_list && {
    common_field_list: common_field_list.map(({ name, value }) => ({ name, value: map(value) })),
  }),
  ...(custom_field_list && {
    custom_field_list: custom_field_list.map(({ name, user_chosen_values }) => ({
      name,
      user_chosen_values: user_chosen_values.map(map),
    })),
  }),
});
