import type { SealedColumn } from '../database/reseal';

/** The purpose of the keys under which bulk operations are sealed. */
export const bulkPurpose = 'bulk operations';

/** The place of each sealed value: nothing that was sealed for one opens in another. */
export const filePlace = (fileId: string, part: number | 'columns'): string => `file ${fileId} ${part}`;
export const operationPlace = (operationId: string): string => `operation ${operationId}`;
export const rowPlace = (operationId: string, number: number): string => `row ${operationId} ${number}`;
/** The result of a row is the same in every operation that has the row. */
export const resultPlace = (key: string): string => `result ${key}`;

/** Every column of bulk operations that is sealed. */
export const bulkSealedColumns: readonly SealedColumn[] = [
  {
    table: 'bulk_files',
    column: 'columns',
    key: { id: 'text' },
    contextOf: ({ id }) => filePlace(String(id), 'columns'),
  },
  {
    table: 'bulk_chunks',
    column: 'rows',
    key: { file_id: 'text', number: 'integer' },
    contextOf: ({ file_id, number }) => filePlace(String(file_id), Number(number)),
  },
  {
    table: 'bulk_operations',
    column: 'settings',
    key: { id: 'text' },
    contextOf: ({ id }) => operationPlace(String(id)),
  },
  {
    table: 'bulk_rows',
    column: 'sealed',
    key: { operation_id: 'text', number: 'integer' },
    contextOf: ({ operation_id, number }) => rowPlace(String(operation_id), Number(number)),
  },
  {
    table: 'bulk_rows',
    column: 'result',
    key: { operation_id: 'text', number: 'integer' },
    also: ['key'],
    contextOf: ({ key }) => resultPlace(String(key)),
  },
];
