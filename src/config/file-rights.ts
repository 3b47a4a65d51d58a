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
const allButGroupReads = 0o037;

/**
 * Files whose mode gives others too much access, each with the remedy. OpenSSH refuses such private keys. A secret of another owner
 * that only its group may read is not one of them: so Kubernetes mounts secrets for a process that is not root.
 */
export const exposedFiles = (files: readonly NamedFile[]): readonly string[] =>
  // Windows has no such modes.
  process.platform === 'win32' ? [] : files.flatMap(exposure);

const exposure = ({ setting, file, isPublic }: NamedFile): readonly string[] => {
  const { mode, uid } = rightsOf(file);
  if ((mode & (isPublic ? written : readOrWritten)) === 0) return [];
  if (uid !== process.getuid?.() && (mode & allButGroupReads) === 0) return [];
  return [
    `${setting}: the file has mode ${(mode & 0o777).toString(8).padStart(3, '0')}; ` +
      (isPublic
        ? 'only its owner should write it: chmod go-w'
        : 'only its owner should read or write it: chmod 600'),
  ];
};

const rightsOf = (file: string): { readonly mode: number; readonly uid?: number } => {
  try {
    return statSync(file);
  } catch {
    // A missing or unreadable file is reported by the code that reads it.
    return { mode: 0 };
  }
};
