import { adminList } from './admin-list';
import { brownOut } from './brown-out';
import { herd } from './herd';
import { overload } from './overload';
import { readAfterWrite } from './read-after-write';
import type { Scenario } from './scenario';
import { storefront } from './storefront';

export const brownOutSeconds = 30;

/** In the order of the report. */
export const scenariosFor = ({ short }: { readonly short: boolean }): readonly Scenario[] => [
  storefront,
  adminList(20),
  adminList(100),
  herd,
  readAfterWrite,
  overload,
  brownOut(short ? 8 : brownOutSeconds),
];
