import { AppError } from '../../shared/errors';
import type { Route } from '../settings';

/** Names the settings that may lack the key, by the routes on which the brand's cards are read. Never the value. */
export const decryptionKeyMissing = (routes: readonly Route[]): AppError => {
  const settings = routes.map((route) => `${credentialSettings[route]}.formerPrivateKeyFiles`);
  return new AppError(
    'DECRYPTION_KEY_MISSING',
    `a personal field is encrypted for a private key that is not configured; add the key of the earlier certificate to ${settings.join(' or ')}`,
    {
      publicMessage: [
        `The value is encrypted for a private key that the server does not have, e.g. that of an earlier API certificate. The operator adds it to ${settings.join(' or ')}.`,
        `该值对应的私钥不在服务器上（例如 API 证书更换前的私钥），无法解密。请运维人员将该私钥加入 ${settings.join(' 或 ')}。`,
      ],
    },
  );
};

/** Sections of the configuration file. */
const credentialSettings: Readonly<Record<Route, string>> = {
  brand: 'brandCredentials[]',
  partner: 'partner',
};
