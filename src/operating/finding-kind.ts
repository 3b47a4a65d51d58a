import type { Texts } from '../shared/language';

export interface FindingKind {
  /** `failing`: `/readyz` returns 503 while it lasts. Kinds with both levels say in `meaning` when they fail. */
  readonly levels: readonly ['warning' | 'failing', ('warning' | 'failing')?];
  readonly meaning: Texts;
  readonly action: Texts;
}
