import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { KeyRing } from '../../shared/key-ring';
import { requestHeader } from '../http/headers';

/**
 * Read-your-writes across processes. A response names the subjects its operation wrote (`extensions.consistency` and the
 * header consistency-token). If the next request sends that token, no process serves anything older.
 */
export interface Consistency {
  /**
   * Subjects and their write epochs; empty without a token.
   * @throws GraphQLError BAD_REQUEST (400) if the token was not issued by this server
   */
  read(token: string | undefined): ReadonlyMap<string, number>;
  /** A token of the epochs the caller knew and those just written; `undefined` if there are none. */
  write(seen: ReadonlyMap<string, number>, written: ReadonlyMap<string, number>): string | undefined;
}

/** Only the newest writes are kept: older ones have reached every process. While keys rotate, a write has several subjects. */
const maxSubjects = 32;
const maxTokenLength = 4_096;

/** Signed, because an invented epoch would outlive every real one. The first key signs; all keys verify. */
export const createConsistency = (ring: KeyRing): Consistency => {
  const keys = ring.derive('consistency token');
  const macOf = (secret: KeyObject, body: string): string =>
    createHmac('sha256', secret).update(body).digest('base64url');
  const isOurs = (body: string, mac: string): boolean =>
    keys.all().some(({ key }) => {
      const expected = Buffer.from(macOf(key, body));
      const given = Buffer.from(mac);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });

  return {
    read(token) {
      if (token === undefined || token === '') return new Map();
      const [body = '', mac = ''] = token.split('.');
      if (token.length > maxTokenLength || !isOurs(body, mac))
        throw new GraphQLError(
          `The header ${requestHeader.consistencyToken} must be the value of extensions.consistency of an earlier response, unchanged.`,
          { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
        );
      return new Map(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as [string, number][]);
    },
    write(seen, written) {
      const merged = [...new Map([...seen, ...written])].sort(([, a], [, b]) => b - a).slice(0, maxSubjects);
      if (merged.length === 0) return undefined;
      const body = Buffer.from(JSON.stringify(merged)).toString('base64url');
      return `${body}.${macOf(keys.current().key, body)}`;
    },
  };
};
