import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { redacted } from '../shared/redacted';
import { systemCode } from '../shared/system-code';
import type { NamedFile } from './file-rights';
import { isPem, pemBlocks } from './pem';
import { problem, text, type Setting } from './reader';

/** Sources of secrets: files beside the configuration, or environment variables that it names. */
export interface SecretSource {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onRead?: (path: string) => void;
  /** Called for each file that the configuration names. */
  readonly onFile?: (file: NamedFile) => void;
}

/** Exactly one of a file path and the name of an environment variable. */
export interface SecretSettings {
  readonly byFile: Setting;
  readonly byEnv: Setting;
}

/** The secret's text; `undefined` if there is none, which is reported as a problem unless it is optional. */
export const secret = (
  { byFile, byEnv }: SecretSettings,
  { source, optional = false }: { readonly source: SecretSource; readonly optional?: boolean },
): string | undefined => {
  const both = `${byFile.path} or ${byEnv.path.split('.').at(-1) ?? ''}`;
  if (byFile.value !== undefined && byEnv.value !== undefined)
    return problem(byFile, `write only one of ${both}`);
  if (byFile.value !== undefined) return secretFile(byFile, source);
  if (byEnv.value !== undefined) return secretVariable(byEnv, source);
  return optional ? undefined : problem(byFile, `is missing; write ${both}`);
};

/** Public keys, certificates, and manifests of documents. */
const isPublic = (content: string): boolean => {
  const blocks = pemBlocks(content);
  return blocks.length > 0
    ? blocks.every(({ label }) => label === 'PUBLIC KEY' || label === 'CERTIFICATE')
    : /^\s*\{/.test(content);
};

/** The file's content. A PEM may also stand in the configuration, in place of the path. */
export const secretFile = (setting: Setting, source: SecretSource): string | undefined => {
  if (isPem(setting.value)) {
    source.onFile?.({
      setting: `the configuration, which holds ${setting.path}`,
      file: resolve(source.file),
      isPublic: isPublic(setting.value),
    });
    return setting.value;
  }
  const path = pathOf(setting, source);
  if (path === undefined) return undefined;
  source.onRead?.(path);
  try {
    const content = readFileSync(path, 'utf8');
    source.onFile?.({ setting: setting.path, file: path, isPublic: isPublic(content) });
    return content;
  } catch (error) {
    return problem(setting, unreadable(error, source));
  }
};

/** The absolute path; a relative one is resolved from the configuration file. */
export const pathOf = (setting: Setting, { file }: SecretSource): string | undefined => {
  const path = text(setting, { as: 'the path of a file' });
  return path === undefined ? undefined : resolve(dirname(file), path);
};

/** Why a file cannot be read, and what to do. The path is not shown, because it may be a misplaced secret. */
export const unreadable = (error: unknown, { file }: SecretSource): string => {
  const code = systemCode(error);
  const reason =
    code === 'ENOENT'
      ? `it does not exist; relative paths start at ${dirname(file)}`
      : code === 'EACCES'
        ? "the server's user may not read it; give it permission"
        : `${code ?? 'unknown reason'}; it must be a text file`;
  return `the file cannot be read: ${reason}`;
};

const secretVariable = (setting: Setting, { env }: SecretSource): string | undefined => {
  const name = text(setting, { as: 'the name of an environment variable' });
  if (name === undefined) return undefined;
  // The name is not shown, because the secret itself may have been written in its place.
  return env[name] ?? problem(setting, 'names an environment variable that is not set; set it');
};

const minModulusBits = 2048;

export const privateKeyOf = (setting: Setting, content: string | undefined): KeyObject | undefined => {
  if (content === undefined) return undefined;
  const pem = pemBlocks(content).find(({ label }) => label.endsWith('PRIVATE KEY'))?.text ?? '';
  if (pem.includes('ENCRYPTED'))
    return problem(
      setting,
      'is encrypted with a passphrase; decrypt it with: openssl pkey -in LOCKED -out KEY',
    );
  try {
    return rsa(setting, createPrivateKey(pem));
  } catch {
    return problem(setting, 'is not a private key in PEM (apiclient_key.pem of the API certificate)');
  }
};

export const publicKeyOf = (setting: Setting, content: string | undefined): KeyObject | undefined => {
  if (content === undefined) return undefined;
  const pem = pemBlocks(content)
    .map(({ text: one }) => one)
    .join('');
  if (pem.includes('PRIVATE KEY'))
    return problem(
      setting,
      'is a private key; it must be the public key that WeChat Pay shows next to the id',
    );
  if (pem.includes('CERTIFICATE'))
    return problem(
      setting,
      'is a certificate; it must be the public key (pub_key.pem) that WeChat Pay shows next to the id',
    );
  try {
    return rsa(setting, createPublicKey(pem));
  } catch {
    return problem(setting, 'is not a public key in PEM (pub_key.pem)');
  }
};

const rsa = (setting: Setting, key: KeyObject): KeyObject | undefined => {
  if (key.asymmetricKeyType !== 'rsa') return problem(setting, 'must be an RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < minModulusBits)
    return problem(setting, `must have at least ${minModulusBits} bits`);
  return redacted(key);
};

const symmetricBytes = 32;

/** APIv3 key or brand API key. */
export const symmetricKeyOf = (setting: Setting, value: string | undefined): KeyObject | undefined => {
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value.trim());
  if (bytes.length !== symmetricBytes)
    return problem(setting, `must have exactly ${symmetricBytes} characters`);
  return redacted(createSecretKey(bytes));
};

export const encryptionKeyOf = (setting: Setting, value: string | undefined): KeyObject | undefined => {
  if (value === undefined) return undefined;
  // The decoder ignores characters that are not base64, so a passphrase could pass for a key.
  if (/^[A-Za-z0-9+/]{43}=$/.test(value.trim())) return redacted(createSecretKey(value.trim(), 'base64'));
  return problem(setting, 'must be 32 bytes in base64; make one with: openssl rand -base64 32');
};

/** Detects a common mistake: our own certificate's key in place of WeChat Pay's. `ownKey` is either half. */
export const isPairOf = (publicKey: KeyObject, ownKey: KeyObject): boolean =>
  (ownKey.type === 'public' ? ownKey : createPublicKey(ownKey)).equals(publicKey);
