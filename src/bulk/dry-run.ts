import { createDryRows, type DryEnd, type DryRow, type DryRowsDeps } from './dry-rows';
import type { Operation, PauseReason } from './operation';
import type { createRowCalls } from './row-call';
import type { RowOutcome, RowRunner } from './row-runner';
import { resultPlace } from './sealed-columns';
import type { Sealing } from './sealing';

export interface DryRunDeps extends DryRowsDeps {
  readonly operation: Operation;
  readonly runner: Pick<RowRunner, 'check'>;
  readonly callOf: ReturnType<typeof createRowCalls>;
  readonly sealing: Sealing;
  /** Clock time in ms after which a check is late. */
  readonly deadline: () => number;
}

/** What a batch of a dry run says: how many rows have ended, and whether that was the last one. */
export interface DryBatch {
  readonly ended: number;
  readonly isLast: boolean;
  readonly stop?: PauseReason | undefined;
}

/** Rows that are checked in one turn of the event loop, at about a third of a millisecond each. */
const rowsPerBatch = 100;

/**
 * Checks the rows of an operation by batches. It sends nothing, so no order of time and no budget of calls holds it back, and a row
 * whose check a killed process did not store is checked again.
 */
export const createDryRun = (deps: DryRunDeps): (() => Promise<DryBatch>) => {
  const { operation, order, texts, runner, callOf, sealing, deadline } = deps;
  const rows = createDryRows(deps);
  let after = 0;

  const check = async (row: DryRow): Promise<DryEnd | PauseReason> => {
    const ready = await callOf(row);
    const outcome: RowOutcome =
      ready.call === undefined
        ? ready.outcome
        : await runner.check(operation, { ...ready.call, deadline: deadline() });
    if (outcome.state === 'STOP') return outcome.reason;
    if (outcome.state === 'FAILED' || outcome.state === 'SKIPPED')
      return { row, end: { ...outcome, keep: outcome.state === 'FAILED' } };
    const { userCardCode, openid } = ready.shown;
    const result = sealing.seal(resultPlace(row.key), { userCardCode, openid });
    const said = outcome.state === 'SUCCEEDED' ? { code: outcome.code, message: outcome.message } : {};
    const duplicate = row.duplicateOf && { code: 'DUPLICATE_ROW', message: row.duplicateOf };
    return { row, end: { state: 'SUCCEEDED', ...said, ...duplicate, result, keep: false } };
  };

  return async () => {
    const { due, ends: settled } = await rows.take(after, rowsPerBatch);
    const last = Math.max(0, ...due.map(({ number }) => number), ...settled.map(({ row }) => row.number));
    if (last === 0) {
      const isLast = after === 0;
      // Rows that were to be checked again meanwhile are at the front.
      after = 0;
      return { ended: 0, isLast };
    }
    const ends = [...settled];
    const imported = new Map<string, number>();
    let stop: PauseReason | undefined;
    for (const row of due) {
      const first = imported.get(row.key);
      const earlier = first === undefined ? undefined : texts.earlierRow.replace('{row}', String(first));
      if (earlier !== undefined && order === 'FIRST_WINS') {
        const end = { state: 'SKIPPED', code: 'DUPLICATE_ROW', message: earlier, keep: false } as const;
        ends.push({ row, end });
        continue;
      }
      const checked = await check({ ...row, duplicateOf: earlier ?? row.duplicateOf });
      if (typeof checked === 'string') {
        stop = checked;
        break;
      }
      ends.push(checked);
      const imports = (order === 'FIRST_WINS' || order === 'UPDATE') && !row.isUpdate;
      if (
        imports &&
        checked.end.state === 'SUCCEEDED' &&
        first === undefined &&
        row.duplicateOf === undefined
      )
        imported.set(row.key, row.number);
    }
    if (ends.length > 0) await rows.finish(ends, imported);
    after = last;
    return { ended: ends.length, isLast: false, stop };
  };
};
