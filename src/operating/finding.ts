import { findingKinds, type FindingCode } from './finding-kinds';

/** A problem that an operator should look at. */
export interface Finding {
  readonly code: FindingCode;
  /** `warning`: the process still serves. `failing`: it should get no traffic. */
  readonly level: 'warning' | 'failing';
  /** What is wrong and what to do. Holds no secret and no personal data. */
  readonly detail: string;
}

/** `level` is needed only if the kind can have either. Default: the first of its levels. */
export const finding = (
  code: FindingCode,
  detail: string,
  level: Finding['level'] = findingKinds[code].levels[0],
): Finding => ({ code, level, detail });
