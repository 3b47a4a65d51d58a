import { Aes } from 'wechatpay-axios-plugin';
import { encryptEnvelope, newWechatPayKeys } from '../../../src/sandbox/keys';
import { toPlatformCertificate } from '../../../src/wechatpay/transport/certificates';
import { newPair } from '../../support/key-pairs';
import { pem, vectors } from '../vectors';

it('reads a published certificate', () => {
  const { pem: lines, serial, notBefore, notAfter } = vectors.certificate;
  expect(toPlatformCertificate(pem(lines))).toMatchObject({
    serial,
    notBefore: Date.parse(notBefore),
    notAfter: Date.parse(notAfter),
  });
});

it('reads an envelope like the independent SDK', async () => {
  const apiV3Key = 'a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb';
  const current = await newWechatPayKeys(Date.parse('2026-11-21T12:00:00Z'), () =>
    Promise.resolve(newPair()),
  );
  const { ciphertext, nonce } = encryptEnvelope(current.certificatePem, apiV3Key, 'certificate');
  const opened = Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, 'certificate');
  expect(toPlatformCertificate(opened).serial).toBe(current.certificateSerial);
});
