import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { KeyRing } from '../../shared/key-ring';

/**
 * Read-your-writes over several processes: an answer tells which subjects its operation wrote (`extensions.consistency`
 * and the header of the same name); with it in the next request no process answers from anything older.
 */
export interface Consistency {
  /**
   * Subjects and their epochs; empty without a token.
   * @throws GraphQLError BAD_REQUEST (400) where the token is not one of ours
   */
  read(token: string | undefined): ReadonlyMap<string, number>;
  /** What the caller knew and what it has written now; `undefined` where that is nothing. */
  write(seen: ReadonlyMap<string, number>, written: ReadonlyMap<string, number>): string | undefined;
}

/** Name of the request and the response header. */
export const consistencyHeader = 'consistency-token';
/** Older writes than these have long reached every process. While keys change, what was written has a subject under each. */
const maxSubjects = 32;
const maxTokenLength = 4_096;

/** Signed, since an epoch of the caller's invention would outlive every real one. The first key signs, all are believed. */
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
          `The header ${consistencyHeader} must be the value of extensions.consistency of an earlier answer, unchanged.`,
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
