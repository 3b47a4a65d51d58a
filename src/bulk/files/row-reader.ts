import { columnRules, ruleOf, type ColumnId } from './columns';
import type { ColumnMapping } from './guess-columns';
import { columnsOfKind, kindRuleOf, type BulkKind } from './kinds';
import type { TableRow } from './open-table';
import { placed, type Problem } from './problem';
import { readValue, type Value } from './values/read-value';
import { valueRules, type ValueRule } from './values/value-rules';

export type RowValues = Readonly<Partial<Record<ColumnId, Value>>>;

/** A cell that is refused. Its text names row, column and rule, not the value. */
export interface ValueProblem extends Problem<ValueRule> {
  readonly field: ColumnId;
}

export interface ReadRow {
  readonly number: number;
  /** What the row says, normalised. Without the refused cells. */
  readonly values: RowValues;
  /** All that is wrong with the row at once; empty if it can be sent to the rules of its mutation. */
  readonly problems: readonly Problem[];
}

const problemOf = (
  row: number,
  field: ColumnId,
  column: number | undefined,
  code: ValueRule,
): ValueProblem => {
  const { en, zh } = columnRules[field];
  const [ruleEn, ruleZh] = valueRules[code];
  return { code, field, row, column, texts: placed({ row, column }, [`${en} ${ruleEn}`, `${zh}${ruleZh}`]) };
};

const types: readonly (readonly ColumnId[])[] = [['validBegin', 'validEnd'], ['validDays'], ['permanent']];

/** A validity has one type, and one with a begin and an end has both. */
const validityRules = (values: RowValues): readonly (readonly [ColumnId, ValueRule])[] => {
  const given = types.flatMap((fields) =>
    fields.filter((field) => (values[field] ?? false) !== false).slice(0, 1),
  );
  const [, ...others] = given;
  if (others.length > 0) return others.map((field) => [field, 'VALIDITY_CONFLICT'] as const);
  const { validBegin, validEnd } = values;
  if (validBegin !== undefined && validEnd === undefined) return [['validEnd', 'VALIDITY_INCOMPLETE']];
  return validBegin === undefined && validEnd !== undefined ? [['validBegin', 'VALIDITY_INCOMPLETE']] : [];
};

/**
 * Reads rows of a table for a kind of operation.
 *
 * @param defaults Values of rows whose cell is empty.
 */
export const createRowReader = (
  kind: BulkKind,
  mapping: ColumnMapping,
  defaults: RowValues = {},
): ((row: TableRow) => ReadRow) => {
  const fields = columnsOfKind(kind);
  const { required } = kindRuleOf(kind);
  return ({ number, cells, problem }) => {
    if (problem !== undefined) return { number, values: {}, problems: [problem] };
    const values: Partial<Record<ColumnId, Value>> = {};
    const problems: ValueProblem[] = [];
    const refuse = (field: ColumnId, rule: ValueRule): void => {
      problems.push(problemOf(number, field, mapping[field], rule));
    };
    for (const field of fields) {
      const column = mapping[field];
      const read = column === undefined ? undefined : readValue(ruleOf(field).value, cells[column] ?? '');
      if (read === undefined) {
        const value = defaults[field];
        if (value !== undefined) values[field] = value;
        else if (required.includes(field)) refuse(field, 'REQUIRED');
      } else if ('rule' in read) refuse(field, read.rule);
      else if ('permanent' in read) values.permanent = true;
      else values[field] = read.value;
    }
    // A validity that is read in part has no type.
    if (problems.length === 0) for (const [field, rule] of validityRules(values)) refuse(field, rule);
    return { number, values, problems };
  };
};
