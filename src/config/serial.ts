import { problem, text, type Setting } from './reader';

const rule = { as: 'the serial number of the API certificate, in hex' };
const hexadecimal = /^[0-9A-F]{8,64}$/;
/** Digits of a serial number of 20 bytes, the most that X.509 allows. */
const maxHexDigits = 40;

export interface SerialSources {
  readonly serial: Setting;
  readonly certificateFile: Setting;
  /** Serial of the certificate in `certificateFile`; `undefined` if there is none or it has a problem. */
  readonly ofCertificate: string | undefined;
}

/** The serial number of an API certificate, upper-case hex: from the certificate if the setting is absent, else compared with it. */
export const serialOf = ({ serial, certificateFile, ofCertificate }: SerialSources): string | undefined => {
  if (serial.value === undefined)
    return certificateFile.value === undefined
      ? problem(serial, `is missing; it must be ${rule.as}, unless certificateFile names that certificate`)
      : ofCertificate;
  // As openssl and Windows print it.
  const given = text(serial, rule)
    ?.replace(/^serial=|[\s:]/gi, '')
    .toUpperCase();
  if (given === undefined) return undefined;
  const hex = hexOfDecimal(given);
  if (hex !== undefined && (given.length > maxHexDigits || hex === ofCertificate))
    return problem(serial, `is in decimal; WeChat Pay expects it in hex: ${hex}`);
  if (!hexadecimal.test(given)) return problem(serial, `must be ${rule.as}`);
  if (ofCertificate !== undefined && ofCertificate !== given)
    return problem(
      certificateFile,
      `has another serial number than the serial setting; if the file is right, write ${ofCertificate}, or leave serial out`,
    );
  return given;
};

/** `undefined` if it is no decimal number of at most 20 bytes. Java and Windows show serial numbers so. */
const hexOfDecimal = (digits: string): string | undefined => {
  if (!/^\d{8,49}$/.test(digits)) return undefined;
  const hex = BigInt(digits).toString(16).toUpperCase();
  return hex.length > maxHexDigits ? undefined : hex.padStart(hex.length + (hex.length % 2), '0');
};
