import type { RowProblem } from './problem';

/** A row as a reader finds it, before headers mean anything. */
export interface RawRow {
  /** As the user's program shows it, from 1. */
  readonly number: number;
  /** From the first column; may be shorter or longer than the header. */
  readonly cells: readonly string[];
  readonly problem?: RowProblem | undefined;
}

const invisible = /^[\s\p{Cf}\p{Z}]*$/u;

/** Whether there are only spaces of all kinds, and characters that nobody sees. */
export const isBlank = (cell: string | undefined): boolean => {
  if (cell === undefined || cell === '') return true;
  const code = cell.charCodeAt(0);
  // Most cells begin with a visible character of ASCII: no need to look further.
  return !(code > 0x20 && code < 0x7f) && invisible.test(cell);
};
