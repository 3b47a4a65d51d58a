import type { BigIntStats } from 'node:fs';

/** Changes with every write, also if the file is replaced by a rename or through a symbolic link. */
export const fileIdentity = ({
  mtimeNs,
  ctimeNs,
  ino,
  size,
}: Pick<BigIntStats, 'mtimeNs' | 'ctimeNs' | 'ino' | 'size'>): string =>
  `${mtimeNs} ${ctimeNs} ${ino} ${size}`;
