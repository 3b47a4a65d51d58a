import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Vectors {
  readonly requests: {
    readonly mchid: string;
    readonly serial: string;
    readonly privateKey: readonly string[];
    readonly cases: readonly {
      readonly method: string;
      readonly target: string;
      readonly body: string;
      readonly timestamp: number;
      readonly nonce: string;
      readonly signature: string;
    }[];
  };
  readonly answer: Readonly<Record<'timestamp' | 'nonce' | 'body' | 'signature', string>> & {
    readonly publicKey: readonly string[];
  };
  readonly signatures: readonly {
    readonly source: string;
    readonly privateKey: readonly string[];
    readonly message: string;
    readonly signature: string;
  }[];
  readonly sealed: {
    readonly privateKey: readonly string[];
    readonly plain: string;
    readonly sealed: string;
  };
  readonly envelope: Readonly<Record<'key' | 'nonce' | 'associatedData' | 'ciphertext' | 'plain', string>>;
  readonly certificate: Readonly<Record<'serial' | 'notBefore' | 'notAfter', string>> & {
    readonly pem: readonly string[];
  };
}

/** Published known answers; the file names the source of each. */
export const vectors = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/wechatpay-vectors.json'), 'utf8'),
) as Vectors;

export const pem = (lines: readonly string[]): string => lines.join('\n');
