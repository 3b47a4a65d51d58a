// An example of a signer: the process that holds a private key for the server (deploy/README.md, Keys in a KMS).
//   node examples/signer.mjs --key apiclient_key.pem --token-file signer.token --port 8200
// This one has the key in a file. Replace `sign` and `decrypt` by the calls of your KMS; the rest is the protocol.
import { constants, createHash, privateDecrypt, privateEncrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    key: { type: 'string', default: 'apiclient_key.pem' },
    'token-file': { type: 'string', default: 'signer.token' },
    port: { type: 'string', default: '8200' },
  },
});
const key = readFileSync(values.key, 'utf8');
const token = readFileSync(values['token-file'], 'utf8').trim();

/** DigestInfo of SHA-256. A KMS that takes a digest for RSASSA_PKCS1_V1_5_SHA_256 adds it by itself. */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
/** The signature of a SHA-256 digest. */
const sign = (digest) => privateEncrypt(key, Buffer.concat([digestInfo, digest]));
/** RSAES-OAEP with SHA-1. Throws if the key does not fit; try the key of the former certificate then. */
const decrypt = (ciphertext) =>
  privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, ciphertext);

const hash = (text) => createHash('sha256').update(text).digest();
const isAllowed = ({ headers }) =>
  timingSafeEqual(hash(headers.authorization ?? ''), hash(`Bearer ${token}`));

const answer = (action, { algorithm, digest = '', ciphertext = '' }) => {
  if (action === 'sign' && algorithm === 'RS256')
    return { signature: sign(Buffer.from(digest, 'base64')).toString('base64') };
  if (action === 'decrypt' && algorithm === 'RSA-OAEP')
    return { plaintext: decrypt(Buffer.from(ciphertext, 'base64')).toString('base64') };
  throw new Error('no such service');
};

const server = createServer(async (request, response) => {
  if (!isAllowed(request)) {
    response.writeHead(401).end();
    return;
  }
  try {
    let text = '';
    for await (const chunk of request) text += chunk;
    const result = answer(request.url.split('/').at(-1), JSON.parse(text));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  } catch {
    // Never an error's message: it may hold what was decrypted.
    response.writeHead(422).end();
  }
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`signer at http://127.0.0.1:${server.address().port}`);
});
