import { columnRules, type ColumnId } from '../../../../src/bulk/files/columns';
import { kindRules } from '../../../../src/bulk/files/kinds';
import type { BulkColumn, BulkOperationKind } from '../../api/documents';
import type { Language } from '../../i18n/texts';

/** The kinds in the order of how often they are needed. */
export const kinds: readonly BulkOperationKind[] = [
  'IMPORT_BY_PHONE',
  'IMPORT_BY_OPENID',
  'UPDATE_USER_CARDS',
  'SYNC_USER_POINTS',
  'INVALIDATE_USER_CARDS',
  'COMPARE',
  'RECORD_MEMBERS',
];

export interface KindColumn {
  readonly id: ColumnId;
  /** The schema's name. */
  readonly column: BulkColumn;
  readonly isRequired: boolean;
}

/** The columns of a kind, the required ones first. The server's own table, so that a new column appears here too. */
export const columnsOf = (kind: BulkOperationKind): readonly KindColumn[] => {
  const { required, optional } = kindRules[kind];
  const entry = (id: ColumnId, isRequired: boolean): KindColumn => ({
    id,
    column: id.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase() as BulkColumn,
    isRequired,
  });
  return [...required.map((id) => entry(id, true)), ...optional.map((id) => entry(id, false))];
};

export const columnName = (id: ColumnId, language: Language): string => columnRules[id][language];
export const columnExample = (id: ColumnId): string => columnRules[id].example;

/** A kind that this version does not know is shown as the server names it. */
export const kindName = (kind: BulkOperationKind, names: Readonly<Record<string, unknown>>): string => {
  const name = names[kind];
  return typeof name === 'string' ? name : kind;
};
