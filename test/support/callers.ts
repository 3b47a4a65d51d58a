import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashOfApiKey, makeApiKey } from '../../src/auth/api-key';
import { printKeyFile, type KeyRecord } from '../../src/auth/api-key-file';
import type { AuthSettings } from '../../src/auth/settings';

/** Callers with API keys, in a file as `npm run api-keys` writes it. */
export interface Callers<Name extends string> {
  readonly settings: AuthSettings;
  readonly file: string;
  /** The header that authenticates this caller. */
  readonly headers: Readonly<Record<Name, Readonly<Record<'authorization', string>>>>;
  readonly remove: () => void;
}

export const aKey = (
  caller: string,
  scopes: readonly string[],
  changes: Partial<KeyRecord> = {},
): { readonly text: string; readonly record: KeyRecord } => {
  const { id, text } = makeApiKey();
  const record = {
    id,
    caller,
    hash: hashOfApiKey(text),
    scopes,
    createdAt: '2020-01-01T00:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    ...changes,
  };
  return { text, record };
};

export const callers = <Name extends string>(
  scopes: Readonly<Record<Name, readonly string[]>>,
  requests = { perSecond: 10_000, burst: 10_000 },
): Callers<Name> => {
  const directory = mkdtempSync(join(tmpdir(), 'callers-'));
  const file = join(directory, 'api-keys.json');
  const keys = Object.entries<readonly string[]>(scopes).map(([name, own]) => ({
    name,
    ...aKey(name, own),
  }));
  writeFileSync(file, printKeyFile(keys.map(({ record }) => record)));
  return {
    settings: { apiKeys: { file }, requests },
    file,
    headers: Object.fromEntries(
      keys.map(({ name, text }) => [name, { authorization: `Bearer ${text}` }]),
    ) as Callers<Name>['headers'],
    remove() {
      rmSync(directory, { recursive: true });
    },
  };
};
