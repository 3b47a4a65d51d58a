import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { createConnector } from '../network/connector';
import { openNetwork, type NetworkSettings } from '../network/settings';
import type { TokenSettings } from './settings';

const timeoutMs = 2_000;
/** Maximum size of a key set, bytes; real ones hold a few keys. */
const maxBytes = 100_000;

/** The host did not return a key set. */
export class KeySetAnswer extends Error {
  override readonly name = 'KeySetAnswer';
}

/** Loads the issuer's key set from its address or a file. Follows no redirects, so only the configured address is used. */
export const loadKeySet = async (
  source: TokenSettings['jwks'],
  network: NetworkSettings = openNetwork,
): Promise<unknown> => {
  if ('file' in source) return JSON.parse(await readFile(source.file, 'utf8')) as unknown;
  // Loaded every few minutes at most, so a connection is not kept.
  const dispatcher = new Agent({ connect: createConnector(network, timeoutMs) });
  try {
    return await keySetAt(source.url, dispatcher);
  } finally {
    await dispatcher.destroy();
  }
};

const keySetAt = async (url: string, dispatcher: Agent): Promise<unknown> => {
  const { statusCode, body } = await request(url, {
    dispatcher,
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new KeySetAnswer('the key set is too large');
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new KeySetAnswer(`the key set's host answered ${statusCode}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
};
