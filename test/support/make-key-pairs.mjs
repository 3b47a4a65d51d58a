// Jest's globalSetup: the RSA pairs of one run, made once. A pair takes a tenth of a second, and nearly every test needs five.
import { generateKeyPair } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const count = 20;
const form = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
};

export default async () => {
  // One of many runs that share the pairs of the first.
  if (process.env.TEST_KEY_PAIRS !== undefined) return;
  const make = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048, ...form });
  const pairs = await Promise.all(Array.from({ length: count }, make));
  const directory = mkdtempSync(join(tmpdir(), 'key-pairs-'));
  const file = join(directory, 'pairs.json');
  writeFileSync(file, JSON.stringify(pairs), { mode: 0o600 });
  process.env.TEST_KEY_PAIRS = file;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
};
