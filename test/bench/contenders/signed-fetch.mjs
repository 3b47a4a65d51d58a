/** As long as the product waits for an answer. */
const timeoutMs = 5_000;

/**
 * `fetch` that signs as one brand and verifies what comes back, with the product's own code for both. It stands below
 * cache and deduplication, so that neither sees a nonce.
 */
export const createSignedFetch = ({ brand, publicKey, fromProduct }, fetch = globalThis.fetch) => {
  const { authorization, randomNonce, verifyAnswer } = fromProduct('wechatpay/crypto/signature.js');
  const signer = { route: 'brand', id: brand.brandId, serial: brand.serial, privateKey: brand.privateKey };
  return async (url, { method = 'GET', body, signal } = {}) => {
    const { pathname, search } = new URL(url);
    const text = body ?? '';
    const answer = await fetch(url, {
      method,
      ...(text === '' ? {} : { body: text }),
      headers: {
        accept: 'application/json',
        'user-agent': 'bench',
        'wechatpay-serial': publicKey.id,
        ...(text === '' ? {} : { 'content-type': 'application/json' }),
        authorization: await authorization(signer, {
          method,
          target: pathname + search,
          body: text,
          timestamp: Math.floor(Date.now() / 1000),
          nonce: randomNonce(),
        }),
      },
      signal: signal ?? AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) return answer;
    const received = await answer.text();
    const verdict = await verifyAnswer({
      headers: Object.fromEntries(answer.headers),
      body: received,
      now: Date.now(),
      keyBySerial: (serial) => (serial === publicKey.id ? publicKey.key : undefined),
    });
    if (!verdict.genuine) throw new Error(`the answer was discarded: ${verdict.reason}`);
    return new Response(received, { status: answer.status, headers: answer.headers });
  };
};
