import { columnsOfKind } from './files/kinds';
import type { TableRow } from './files/open-table';
import { createRowReader, type RowValues } from './files/row-reader';
import { toInput } from './files/to-input';
import type { Operation, OperationSettings } from './operation';
import { resultPlace, rowPlace } from './sealed-columns';
import { updateKind } from './row-keys';
import type { RowCall, RowOutcome, RowRunner } from './row-runner';
import { rowTexts } from './row-texts';
import type { TakenRow } from './rows';
import type { Sealing } from './sealing';

/** What the result of a row shows beside its state. */
export interface RowResult {
  readonly userCardCode?: string | undefined;
  readonly openid?: string | undefined;
}

/** A row that was taken: its call, or how it ends without one. */
export type ReadyRow = { readonly shown: RowResult } & (
  { readonly call: Omit<RowCall, 'deadline'> } | { readonly call: undefined; readonly outcome: RowOutcome }
);

export interface RowCallDeps {
  readonly sealing: Sealing;
  readonly runner: Pick<RowRunner, 'openidOf'>;
}

/** Opens rows that were taken and makes the calls that they need. */
export const createRowCalls = (
  operation: Operation,
  { cardId, mapping, defaults }: OperationSettings,
  { sealing, runner }: RowCallDeps,
): ((row: TakenRow) => Promise<ReadyRow>) => {
  const { id, kind, brandId, language } = operation;
  const read = createRowReader(kind, mapping, defaults);
  const template = { brandId, cardId };

  /** The values of an import, as those of an update. The phone number by which a member is imported is not one of them. */
  const updateInput = (values: RowValues, openid: string): RowCall['input'] | undefined => {
    const columns = columnsOfKind(updateKind).filter(
      (column) => !(column === 'phoneNumber' && kind === 'IMPORT_BY_PHONE'),
    );
    const given: RowValues = Object.fromEntries(columns.map((column) => [column, values[column]]));
    const { userCard, ...changes } = toInput(updateKind, { ...given, openid }, template);
    return Object.keys(changes).length === 0 ? undefined : { userCard, ...changes };
  };

  return async ({ number, key, sealed, inDoubt, isUpdate, result }) => {
    const cells = sealing.open(rowPlace(id, number), sealed) as TableRow | undefined;
    if (cells === undefined)
      return { shown: {}, call: undefined, outcome: { state: 'STOP', reason: 'ROWS_UNREADABLE' } };
    const { values } = read(cells);
    const requestNo = `${id.replaceAll('-', '').slice(0, 20)}-${number}`;
    const userCardCode = text(values.userCardCode);
    if (!isUpdate) {
      const input = toInput(kind, values, template);
      const shown = { userCardCode, openid: text(values.openid) };
      return { shown, call: { kind, input, values, requestNo, inDoubt } };
    }
    const known =
      result === undefined ? undefined : (sealing.open(resultPlace(key), result) as RowResult | undefined);
    const openid =
      text(values.openid) ??
      known?.openid ??
      (await runner.openidOf({ ...template, userCardCode: userCardCode ?? '' }));
    const shown = { userCardCode, openid };
    const ended = (state: 'FAILED' | 'SKIPPED', code: string, message: string): ReadyRow => ({
      shown,
      call: undefined,
      outcome: { state, code, message },
    });
    const texts = rowTexts[language];
    if (openid === undefined) return ended('FAILED', 'OPENID_UNKNOWN', texts.openidUnknown);
    const input = updateInput(values, openid);
    if (input === undefined) return ended('SKIPPED', 'CARD_ALREADY_EXISTS', texts.nothingToUpdate);
    return { shown, call: { kind: updateKind, input, values, requestNo, inDoubt } };
  };
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
