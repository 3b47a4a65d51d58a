import { columnIdOf, isOwnName, resultColumnOf } from './headers';
import type { ColumnId } from './columns';
import { columnsOfKind, kindRuleOf, type BulkKind } from './kinds';

/** Which column of the file (from 0) holds what. */
export type ColumnMapping = Readonly<Partial<Record<ColumnId, number>>>;

export interface ColumnGuess {
  readonly mapping: ColumnMapping;
  /** Several columns of the file fit; none is taken. */
  readonly ambiguous: readonly { readonly column: ColumnId; readonly candidates: readonly number[] }[];
  /** Required, and no column of the file fits. */
  readonly missing: readonly ColumnId[];
  /** Columns of the file that the kind does not take or nobody knows. */
  readonly unused: readonly number[];
  /** Columns that a file of results has added; they are ignored, but for the openid that an import found. */
  readonly results: readonly number[];
}

/**
 * Guesses by the headers alone which column is which. Never chooses between two that fit, unless only one has the very name.
 */
export const guessColumns = (columns: readonly string[], kind: BulkKind): ColumnGuess => {
  const indices = columns.map((_, index) => index);
  const nameAt = (index: number): string => columns[index] ?? '';
  const results = indices.filter((index) => resultColumnOf(nameAt(index)) !== undefined);
  const candidatesOf = (id: ColumnId): readonly number[] => {
    const all = indices.filter((index) => !results.includes(index) && columnIdOf(nameAt(index)) === id);
    const own = all.filter((index) => isOwnName(nameAt(index), id));
    if (all.length === 0 && id === 'openid')
      return results.filter((index) => resultColumnOf(nameAt(index)) === 'openid');
    return own.length === 1 ? own : all;
  };
  const found = columnsOfKind(kind).map((column) => ({ column, candidates: candidatesOf(column) }));
  const mapping: ColumnMapping = Object.fromEntries(
    found.flatMap(({ column, candidates: [first, ...more] }) =>
      first === undefined || more.length > 0 ? [] : [[column, first]],
    ),
  );
  const used = new Set([...Object.values(mapping), ...results]);
  return {
    mapping,
    ambiguous: found.filter(({ candidates }) => candidates.length > 1),
    missing: kindRuleOf(kind).required.filter((id) =>
      found.some(({ column, candidates }) => column === id && candidates.length === 0),
    ),
    unused: indices.filter((index) => !used.has(index)),
    results,
  };
};
