import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthSettings, MemberSettings } from '../../src/auth/settings';
import { claims, issuer, memberSettings, tokenSettings } from '../auth/tokens';

/** A brand's own backend: it knows who has logged in, and issues their tokens. */
export interface MemberBackend {
  readonly settings: AuthSettings;
  /** The header of a member's page. `changes` to the token's claims; one that is undefined is left out. */
  headersOf(
    openid: string | undefined,
    changes?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<'authorization', string>>>;
  readonly remove: () => void;
}

export const memberBackend = async (
  members: Partial<MemberSettings> = {},
  staff: Partial<AuthSettings> = {},
): Promise<MemberBackend> => {
  const directory = mkdtempSync(join(tmpdir(), 'members-'));
  const file = join(directory, 'jwks.json');
  const own = issuer('backend');
  writeFileSync(file, JSON.stringify({ keys: [await own.jwk()] }));
  return {
    settings: {
      requests: { perSecond: 10_000, burst: 10_000 },
      ...staff,
      tokens: { ...tokenSettings, jwks: { file }, members: { ...memberSettings, ...members } },
    },
    async headersOf(openid, changes = {}) {
      const token = await own.sign(
        claims(Date.now(), { scope: 'openid brand:1004:member', openid, ...changes }),
      );
      return { authorization: `Bearer ${token}` };
    },
    remove() {
      rmSync(directory, { recursive: true });
    },
  };
};
