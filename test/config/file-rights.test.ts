import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exposedFiles } from '../../src/config/file-rights';

/** Only root can give a file away. */
const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('a secret of another owner', () => {
  let directory: string;
  let file: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'rights-'));
    file = join(directory, 'brand.pem');
    writeFileSync(file, 'secret');
    chownSync(file, 12_345, 12_345);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const found = (mode: number): number => {
    chmodSync(file, mode);
    return exposedFiles([{ setting: 'partner.privateKeyFile', file, isPublic: false }]).length;
  };

  it('may be read through its group, as Kubernetes mounts it', () => {
    expect(found(0o440)).toBe(0);
  });

  it.each([0o444, 0o460, 0o441, 0o660])('is exposed with mode %o', (mode) => {
    expect(found(mode)).toBe(1);
  });

  it('is exposed to its group if it is our own', () => {
    chownSync(file, 0, 12_345);
    expect(found(0o440)).toBe(1);
    chownSync(file, 12_345, 12_345);
  });
});
