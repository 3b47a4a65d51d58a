import { readFileSync } from 'node:fs';
import { parseKeyFile } from '../auth/api-key-file';
import type { AuthSettings } from '../auth/settings';
import { problem, type Setting } from './reader';
import { unreadable, type SecretSource } from './secrets';

/**
 * Checks the files of the auth section. The server reads them again while it runs; checking them here reports their problems
 * together with all others.
 */
export const checkAuthFiles = (
  auth: AuthSettings | undefined,
  { setting: { problems }, source }: { readonly setting: Setting; readonly source: SecretSource },
): void => {
  const check = (path: string, file: string, test: (content: string) => void): void => {
    const setting = { path, value: file, problems };
    source.onFile?.({ setting: path, file, isPublic: path === keySetPath });
    let content: string;
    try {
      content = readFileSync(file, 'utf8');
    } catch (error) {
      const remedy = path === keysPath ? '; create it with the first key: npm run api-keys -- make' : '';
      problem(setting, unreadable(error, source) + remedy);
      return;
    }
    try {
      test(content);
    } catch (error) {
      problem(
        setting,
        error instanceof SyntaxError || !(error instanceof Error) ? 'is not JSON' : error.message,
      );
    }
  };
  if (auth?.apiKeys !== undefined) check(keysPath, auth.apiKeys.file, parseKeyFile);
  if (auth?.tokens !== undefined && 'file' in auth.tokens.jwks)
    check(keySetPath, auth.tokens.jwks.file, checkKeySet);
};

const keysPath = 'auth.apiKeys.file';
const keySetPath = 'auth.jwt.jwksFile';

const checkKeySet = (content: string): void => {
  const keys = Reflect.get(Object(JSON.parse(content)), 'keys') as unknown;
  if (!Array.isArray(keys) || keys.length === 0)
    throw new Error('must be a key set with at least one key: {"keys": [...]}');
};
