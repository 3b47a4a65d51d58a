import { createPrivateKey, createSecretKey, webcrypto } from 'node:crypto';
import { Aes, Rsa } from 'wechatpay-axios-plugin';
import { maxSealedBytes, openEnvelope, seal, unseal } from '../../../src/wechatpay/crypto/encryption';
import { thrownBy } from '../../support/thrown-by';
import { newPair } from '../../support/key-pairs';
import { pem, vectors } from '../vectors';

const { privateKey, publicKey } = newPair();
const former = newPair();

describe('encrypting personal fields', () => {
  it('decrypts the published ciphertext', async () => {
    const { privateKey: published, sealed, plain } = vectors.sealed;
    await expect(unseal(sealed, [createPrivateKey(pem(published))])).resolves.toBe(plain);
  });

  it.each(['13812345678', '广东省,深圳市', ''])(
    'encrypts so that the independent SDK decrypts it: %j',
    (plain) => {
      expect(Rsa.decrypt(seal(plain, publicKey), privateKey)).toBe(plain);
    },
  );

  it.each(['13812345678', '广东省,深圳市'])(
    'decrypts what the independent SDK encrypted: %j',
    async (plain) => {
      await expect(unseal(Rsa.encrypt(plain, publicKey), [privateKey])).resolves.toBe(plain);
    },
  );

  it('never encrypts the same text to the same ciphertext', () => {
    expect(seal('13812345678', publicKey)).not.toBe(seal('13812345678', publicKey));
  });

  it('counts bytes, not characters: 214 fit, 215 are refused without being quoted', async () => {
    const fits = `${'会'.repeat(71)}a`;
    expect(Buffer.byteLength(fits)).toBe(maxSealedBytes);
    await expect(unseal(seal(fits, publicKey), [privateKey])).resolves.toBe(fits);
    expect(thrownBy(() => seal(`${fits}b`, publicKey))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'a personal field is longer than 214 bytes',
    });
  });

  it('decrypts with a former key what was encrypted before a rotation', async () => {
    const sealed = seal('13812345678', former.publicKey);
    await expect(unseal(sealed, [privateKey, former.privateKey])).resolves.toBe('13812345678');
  });

  it('decrypts on another thread, so that the event loop stays free', async () => {
    let isDone = false;
    const opened = unseal(seal('13812345678', publicKey), [privateKey]).then(() => {
      isDone = true;
    });
    // Results of other threads arrive in the event loop only, and not while microtasks run.
    for (let turns = 0; turns < 100; turns += 1) await Promise.resolve();
    expect(isDone).toBe(false);
    await opened;
  });

  it('decrypts two values at a time, whoever asks, also after some that fail', async () => {
    const { subtle } = webcrypto;
    const decrypt = subtle.decrypt.bind(subtle);
    let underway = 0;
    let most = 0;
    const counted = jest.spyOn(subtle, 'decrypt').mockImplementation(async (...given) => {
      underway += 1;
      most = Math.max(most, underway);
      return decrypt(...given).finally(() => {
        underway -= 1;
      });
    });
    try {
      const foreign = seal('13812345678', former.publicKey);
      const own = seal('13812345678', publicKey);
      for (const values of [Array<string>(12).fill(foreign), Array<string>(12).fill(own)]) {
        most = 0;
        const done = await Promise.allSettled(values.map((value) => unseal(value, [privateKey])));
        expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(values[0] === own ? 12 : 0);
        expect(most).toBe(2);
      }
      expect(counted).toHaveBeenCalledTimes(24);
    } finally {
      counted.mockRestore();
    }
  });

  it.each([
    ['sealed for a key that is not configured', seal('13812345678', former.publicKey)],
    ['that is not ciphertext at all', '13812345678'],
  ])('reports a missing key for a field %s', async (_, sealed) => {
    await expect(unseal(sealed, [privateKey])).rejects.toMatchObject({
      code: 'DECRYPTION_KEY_MISSING',
      message: 'a personal field is sealed for a private key that is not configured',
    });
  });
});

describe('decrypting envelopes', () => {
  const { key: apiV3Key, plain, ...published } = vectors.envelope;
  const key = createSecretKey(Buffer.from(apiV3Key));

  it('decrypts the published envelope', () => {
    expect(openEnvelope(published, key)).toBe(plain);
  });

  it.each(['associatedData', ''])(
    'decrypts what the independent SDK encrypted with the associated data %j',
    (associatedData) => {
      const ciphertext = Aes.AesGcm.encrypt('{"state":"有效"}', apiV3Key, 'uluk4a9R25RW', associatedData);
      expect(openEnvelope({ ciphertext, nonce: 'uluk4a9R25RW', associatedData }, key)).toBe(
        '{"state":"有效"}',
      );
    },
  );

  // An empty text: the rest of the envelope is three quarters of its genuine tag.
  const shortTag = Aes.AesGcm.encrypt('', apiV3Key, published.nonce, published.associatedData).slice(0, 16);
  const flip = (base64: string, at: number): string => {
    const bytes = Buffer.from(base64, 'base64');
    const position = at < 0 ? bytes.length + at : at;
    bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
    return bytes.toString('base64');
  };

  it.each([
    ['a changed tag', { ...published, ciphertext: flip(published.ciphertext, -1) }, key],
    ['a changed text', { ...published, ciphertext: flip(published.ciphertext, 0) }, key],
    ['a shortened tag', { ...published, ciphertext: shortTag }, key],
    ['other associated data', { ...published, associatedData: 'other' }, key],
    ['another nonce', { ...published, nonce: 'uluk4a9R25RX' }, key],
    ['no nonce', { ...published, nonce: '' }, key],
    ['another key', published, createSecretKey(Buffer.alloc(32, 1))],
    ['a key of 16 bytes', published, createSecretKey(Buffer.from('mockAPIv3Key1234'))],
  ])('refuses %s', (_, envelope, with_) => {
    expect(thrownBy(() => openEnvelope(envelope, with_))).toMatchObject({
      code: 'MISCONFIGURED',
      message: 'an encrypted envelope does not open under the configured API key',
    });
  });
});
