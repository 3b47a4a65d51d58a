import type { Database } from '../database/database';
import { sleep, type Clock } from '../shared/clock';
import { isOpen } from './daily-window';
import { createDailyBudget } from './daily-budget';
import { createDryRun } from './dry-run';
import { createFailureWatch } from './failure-watch';
import { renewMs, type Lease } from './lease';
import type { CancelReason, Operation, OperationSettings, PauseReason } from './operation';
import type { EndListener } from './operation-end';
import { createPace } from './pace';
import { createRowPreparation } from './prepare-rows';
import { createRowCalls, type RowResult } from './row-call';
import type { RowOrder } from './row-check';
import { isImport, type CardKeyOf, type RowKeyOf } from './row-keys';
import type { RowOutcome, RowRunner } from './row-runner';
import { createOwnedRows, type TakenRow } from './rows';
import { rowTexts } from './row-texts';
import { resultPlace } from './sealed-columns';
import type { Sealing } from './sealing';
import type { Uploads } from './uploads';

export interface RunDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly sealing: Sealing;
  readonly rowKeyOf: RowKeyOf;
  readonly cardKeyOf: CardKeyOf;
  readonly uploads: Uploads;
  readonly runner: RowRunner;
  /** How long rows and results are kept after the end, ms. */
  readonly retainResultsMs: number;
  readonly ends: EndListener;
  /** Called when the operation has changed by itself. */
  readonly onChange: (change: OperationChange) => void;
}

/** What became of an operation, for logs and events. */
export interface OperationChange extends Pick<Operation, 'id' | 'brandId' | 'kind' | 'status'> {
  readonly reason?: PauseReason | CancelReason | undefined;
}

/** A mutation has so much time; it must end before the lease can. */
const rowMs = 8_000;
/** Attempts whose outcome nobody knows before the row is given up as UNKNOWN. */
const maxUnknown = 4;
const idleMs = 500;

/** Carries out an operation until it ends, waits or belongs to another process. Rejects if the database cannot be used. */
export const runOperation = async (
  operation: Operation,
  lease: Lease,
  { signal, ...deps }: RunDeps & { readonly signal: AbortSignal },
): Promise<void> => {
  const { database, clock, sealing, uploads, runner, retainResultsMs, ends, onChange } = deps;
  const { id, kind, brandId, settings, language } = operation;
  const pace = createPace(clock, operation.maxPerSecond);
  const failures = createFailureWatch();
  const ownRows = {
    database,
    operationId: id,
    owner: lease.owner,
    order: orderOf(operation),
    texts: rowTexts[language],
    now: clock.wallNow,
  };
  const budget = createDailyBudget(operation.maxRowsPerDay, operation.spent);
  const rows = createOwnedRows({ ...ownRows, budget });
  let status: string = operation.status;
  let stop: PauseReason | undefined;
  let renewedAt = clock.now();
  let busyUntil = 0;

  const setStatus = async (next: 'RUNNING' | 'PAUSED' | 'COMPLETED', reason?: PauseReason): Promise<void> => {
    const now = clock.wallNow();
    const isEnd = next === 'COMPLETED';
    const isChanged = await database.transaction(async (sql) => {
      const changed = await sql.query(
        `update bulk_operations set status = $3, reason = $4, changed_at = $5, started_at = coalesce(started_at, $5),
           finished_at = $6, expires_at = $7
         where id = $1 and owner = $2 and status in ('VALIDATING', 'RUNNING') returning id`,
        [
          id,
          lease.owner,
          next,
          reason ?? null,
          now,
          isEnd ? now : null,
          isEnd ? now + retainResultsMs : null,
        ],
      );
      if (isEnd && changed.length > 0)
        await ends.record(sql, { id, brandId, kind, status: next, finishedAt: now });
      return changed.length > 0;
    });
    if (!isChanged) return;
    if (isEnd) ends.recorded();
    status = next;
    onChange({ id, brandId, kind, status: next, reason });
  };
  const renew = async (): Promise<void> => {
    if (clock.now() - renewedAt < renewMs) return;
    status = await lease.renew(pace.rate());
    renewedAt = clock.now();
  };
  const isActive = (): boolean =>
    !signal.aborted && stop === undefined && (status === 'RUNNING' || status === 'CANCELED');

  const prepare = async (own: OperationSettings): Promise<void> => {
    const toRow = createRowPreparation(operation, own, deps);
    for (let chunk = operation.chunksDone; status === 'VALIDATING' && !signal.aborted; chunk += 1) {
      const found = await uploads.chunk(operation.fileId, chunk);
      if (found === 'unreadable') return setStatus('PAUSED', 'ROWS_UNREADABLE');
      // The file is kept for other operations, e.g. the one after a dry run. Without its first part it has expired.
      if (found === undefined)
        return chunk === 0 ? setStatus('PAUSED', 'ROWS_UNREADABLE') : setStatus('RUNNING');
      if (!(await rows.add(found.map(toRow), chunk))) {
        status = 'lost';
        return;
      }
      await renew();
    }
  };

  const settle = async (row: TakenRow, values: RowResult, outcome: RowOutcome): Promise<void> => {
    const now = clock.wallNow();
    switch (outcome.state) {
      case 'STOP':
        stop = outcome.reason;
        return rows.again(row, { dueAt: 0, inDoubt: row.inDoubt, countsAttempt: false });
      case 'EXISTS': {
        const result = sealing.seal(resultPlace(row.key), {
          ...values,
          openid: outcome.openid ?? values.openid,
        });
        return rows.again(row, { dueAt: 0, inDoubt: false, countsAttempt: false, update: { result } });
      }
      case 'AGAIN': {
        pace.slower();
        if (outcome.isBusy) busyUntil = clock.now() + outcome.afterMs;
        if (outcome.isUnknown && row.attempts >= maxUnknown)
          return rows.finish(row, {
            state: 'UNKNOWN',
            code: 'OUTCOME_UNKNOWN',
            message: rowTexts[language].unknown,
            keep: true,
          });
        const inDoubt = row.inDoubt || outcome.isUnknown;
        return rows.again(row, { dueAt: now + outcome.afterMs, inDoubt, countsAttempt: outcome.isUnknown });
      }
      case 'FAILED':
      case 'SKIPPED': {
        const isFailure = outcome.state === 'FAILED';
        pace.finished();
        if (failures.add(isFailure)) stop = 'TOO_MANY_FAILURES';
        return rows.finish(row, { ...outcome, keep: isFailure });
      }
      case 'SUCCEEDED': {
        pace.finished();
        failures.add(false);
        const { code, message, comparison } = outcome;
        const { userCardCode } = values;
        const openid = outcome.openid ?? values.openid;
        const result = sealing.seal(resultPlace(row.key), { userCardCode, openid, comparison });
        const isWanting = isImport(kind) && openid === undefined;
        const cardKey =
          isWanting && userCardCode !== undefined && settings !== undefined
            ? deps.cardKeyOf({ brandId, cardId: settings.cardId, userCardCode })
            : undefined;
        return rows.finish(row, { state: 'SUCCEEDED', code, message, result, cardKey, keep: false });
      }
    }
  };

  const runRow = async (callOf: ReturnType<typeof createRowCalls>, row: TakenRow): Promise<void> => {
    if (status === 'CANCELED' && !row.inDoubt) return rows.finish(row, { state: 'CANCELED', keep: false });
    const ready = await callOf(row);
    if (ready.call === undefined) return settle(row, ready.shown, ready.outcome);
    const call = { ...ready.call, deadline: deadline() };
    await settle(row, ready.shown, await runner.run(operation, call));
  };

  if (settings === undefined) return setStatus('PAUSED', 'ROWS_UNREADABLE');
  await rows.recover();
  if (status === 'VALIDATING') await prepare(settings);
  const callOf = createRowCalls(operation, settings, deps);
  const deadline = (): number => Math.min(clock.now() + rowMs, lease.until());
  const checkBatch = createDryRun({ ...ownRows, operation, runner, callOf, sealing, deadline });
  const underWay = new Set<Promise<void>>();
  let failed: unknown;
  let checkedAt = -Infinity;
  try {
    while (isActive() && failed === undefined) {
      await renew();
      if (!isActive()) break;
      // It gives its place to others; the engine takes it up when its time has come.
      if (!isDue(operation, clock.wallNow()) && status === 'RUNNING') break;
      if (clock.now() - checkedAt > recheckMs && status === 'RUNNING') {
        stop = await runner.problem(operation);
        checkedAt = clock.now();
        continue;
      }
      if (operation.dryRun) {
        // It sends nothing and is to show all that is wrong, so neither a pace nor failures hold it back.
        const batch = await checkBatch();
        pace.finished(batch.ended);
        stop = batch.stop;
        if (batch.isLast) break;
        continue;
      }
      const free = clock.now() < busyUntil ? 0 : pace.free(underWay.size);
      const taken = free > 0 ? await rows.take(free) : [];
      for (const row of taken) {
        const run: Promise<void> = runRow(callOf, row)
          .catch((error: unknown) => {
            failed = error;
          })
          .finally(() => underWay.delete(run));
        underWay.add(run);
        pace.sent();
      }
      if (taken.length > 0) continue;
      if (underWay.size > 0) await Promise.race([...underWay, sleep(clock, idleMs)]);
      else if (free === 0) await sleep(clock, Math.min(idleMs, 50));
      else {
        // Another day, or the end: neither needs an owner.
        if (budget.free(clock.wallNow()) <= 0 || !(await rows.hasOpen())) break;
        await sleep(clock, idleMs);
      }
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failed !== undefined) throw failed as Error;
  if (stop !== undefined) await setStatus('PAUSED', stop);
  else if (!signal.aborted && status === 'RUNNING' && !(await rows.hasOpen())) await setStatus('COMPLETED');
};

/** How often permissions, template and readiness are looked at again, ms. */
const recheckMs = 30_000;

const orderOf = ({ kind, onExisting }: Operation): RowOrder => {
  if (kind === 'COMPARE' || kind === 'RECORD_MEMBERS') return 'NONE';
  if (!isImport(kind)) return 'NEWEST_WINS';
  return onExisting === 'UPDATE' ? 'UPDATE' : 'FIRST_WINS';
};

/** `Leases.take` has the same rule in SQL. */
const isDue = ({ dryRun, notBefore = 0, dailyWindow }: Operation, now: number): boolean =>
  dryRun || (now >= notBefore && (dailyWindow === undefined || isOpen(dailyWindow, now)));
