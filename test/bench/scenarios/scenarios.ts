import { herd } from './herd';
import type { Scenario } from './scenario';
import { storefront } from './storefront';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [storefront, herd];
