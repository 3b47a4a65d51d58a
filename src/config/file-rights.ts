import { statSync } from 'node:fs';

/** A file named in the configuration. */
export interface NamedFile {
  /** Path of the setting that names it. */
  readonly setting: string;
  /** Absolute path. */
  readonly file: string;
  /** Others may read it, such as a public key, but must not write it. */
  readonly isPublic: boolean;
}

const readOrWritten = 0o077;
const written = 0o022;

/** Files whose mode gives others too much access, each with the remedy. OpenSSH refuses such private keys. */
export const exposedFiles = (files: readonly NamedFile[]): readonly string[] =>
  // Windows has no such modes.
  process.platform === 'win32' ? [] : files.flatMap(exposure);

const exposure = ({ setting, file, isPublic }: NamedFile): readonly string[] => {
  const mode = modeOf(file);
  if ((mode & (isPublic ? written : readOrWritten)) === 0) return [];
  return [
    `${setting}: the file has mode ${(mode & 0o777).toString(8).padStart(3, '0')}; ` +
      (isPublic
        ? 'only its owner should write it: chmod go-w'
        : 'only its owner should read or write it: chmod 600'),
  ];
};

const modeOf = (file: string): number => {
  try {
    return statSync(file).mode;
  } catch {
    // A missing or unreadable file is reported by the code that reads it.
    return 0;
  }
};
