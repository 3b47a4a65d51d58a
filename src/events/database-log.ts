import type { Database } from '../database/database';
import { nowMs } from '../database/now';
import type { Clock } from '../shared/clock';
import { createDatabaseOpenings } from './database-openings';
import type { LoggedEvent } from './event';
import { markLifeMs, nonceLifeMs, type EventLog } from './log';
import { keptAsideMs, openingKeyOf } from './openings';
import { openEvent, sealEvent, type EventCipher } from './sealed-event';
import { createWakers } from './wakers';

export interface DatabaseLogDeps {
  readonly database: Database;
  readonly cipher: EventCipher;
  /** Events stored per brand; up to a tenth more. */
  readonly keep: number;
  readonly clock: Clock;
  /** How often to look for events that other processes stored, ms. Absent: there are no other processes. */
  readonly pollMs?: number;
}

export interface DatabaseLog extends EventLog {
  stop(): void;
}

/**
 * Stores marks, event and opening in one statement, so that a crash leaves all of them or none. An expired mark counts as none. The
 * row in event_heads stays locked until the commit: so ids become visible in their order, and no reader passes over one.
 */
const appendSql = `
with nonce as (
  insert into event_marks as mark (brand_id, kind, value, expires_at)
  values ($1, 'nonce', $2, ${nowMs} + ${nonceLifeMs})
  on conflict (brand_id, kind, value) do update set expires_at = excluded.expires_at where mark.expires_at <= ${nowMs}
  returning 1
), notification as (
  insert into event_marks as mark (brand_id, kind, value, expires_at)
  select $1, 'notification', $3, ${nowMs} + ${markLifeMs} where exists (select from nonce)
  on conflict (brand_id, kind, value) do update set expires_at = excluded.expires_at where mark.expires_at <= ${nowMs}
  returning 1
), head as (
  insert into event_heads as head (brand_id, ms, seq)
  select $1, ${nowMs}, 1 where exists (select from notification)
  on conflict (brand_id) do update set ms = greatest(head.ms, excluded.ms), seq = head.seq + 1
  returning ms, seq
), event as (
  insert into events (brand_id, ms, seq, sealed) select $1, ms, seq, $4 from head
), opening as (
  insert into event_openings (brand_id, seq, sealed, taken_until, state, key, ms)
  select $1, seq, $4, 0, $5::text, $6, ms from head where $5::text is not null
)
select exists (select from nonce) as fresh, (select seq from head) as seq`;

/** How often marks and openings that have expired are removed, ms. */
const sweepMs = 600_000;

/** The log in a database, for one process or a fleet. */
export const createDatabaseLog = ({
  database,
  cipher,
  keep,
  clock,
  pollMs,
}: DatabaseLogDeps): DatabaseLog => {
  const wakers = createWakers();
  /** The last event of which each brand's subscribers know. */
  const known = new Map<string, number>();
  const tell = (brandId: string, seq: number): void => {
    if (known.get(brandId) === seq) return;
    known.set(brandId, seq);
    wakers.wake(brandId);
  };
  const stop =
    pollMs === undefined
      ? () => undefined
      : pollHeads({ database, clock, pollMs, brandIds: wakers.brandIds, tell });
  const trimEvery = Math.max(1, Math.floor(keep / 10));
  let sweepAt = clock.now();

  const tidy = async (brandId: string, seq: number): Promise<void> => {
    if (seq % trimEvery === 0)
      await database.query('delete from events where brand_id = $1 and seq <= $2', [brandId, seq - keep]);
    if (clock.now() < sweepAt) return;
    sweepAt = clock.now() + sweepMs;
    await database.query(`delete from event_marks where expires_at <= ${nowMs}`);
    await database.query(
      `delete from event_openings where state <> 'QUEUED' and ms <= ${nowMs} - ${keptAsideMs}`,
    );
  };

  return {
    async standingOf(brandId, { notificationId, nonce }) {
      const rows = await database.query<{ kind: string }>(
        `select kind from event_marks where brand_id = $1 and expires_at > ${nowMs}
         and ((kind = 'nonce' and value = $2) or (kind = 'notification' and value = $3))`,
        [brandId, nonce, notificationId],
      );
      if (rows.some(({ kind }) => kind === 'nonce')) return 'replayed';
      return rows.length === 0 ? 'new' : 'duplicate';
    },
    async append(event, { mark: { notificationId, nonce }, opening }) {
      const { brandId } = event;
      const [row] = await database.query<{ fresh: boolean; seq: number | null }>(appendSql, [
        brandId,
        nonce,
        notificationId,
        sealEvent(cipher, event),
        opening === false ? null : opening,
        openingKeyOf(event),
      ]);
      if (row?.fresh !== true) return 'replayed';
      if (row.seq === null) return 'duplicate';
      tell(brandId, row.seq);
      // The event is stored; what cannot be removed now is removed later.
      await tidy(brandId, row.seq).catch(() => undefined);
      return 'new';
    },
    async read(brandId, after, count) {
      const [ms = 0, seq = 0] = after.split('-').map(Number);
      const rows = await database.query<{ ms: number; seq: number; sealed: string }>(
        `select ms, seq, sealed from events where brand_id = $1 and (ms, seq) > ($2::bigint, $3::bigint)
         order by ms, seq limit $4`,
        [brandId, ms, seq, count],
      );
      return rows.flatMap((row): readonly LoggedEvent[] => {
        const event = openEvent(cipher, brandId, row.sealed);
        return event === undefined ? [] : [{ ...event, eventId: `${row.ms}-${row.seq}` }];
      });
    },
    async bounds(brandId) {
      const rows = await database.query<{ ms: number; seq: number }>(
        `(select ms, seq from events where brand_id = $1 order by ms, seq limit 1) union all
         (select ms, seq from events where brand_id = $1 order by ms desc, seq desc limit 1) order by ms, seq`,
        [brandId],
      );
      const [first, last] = rows.map(({ ms, seq }) => `${ms}-${seq}`);
      return first === undefined || last === undefined ? undefined : { first, last };
    },
    subscribe: wakers.subscribe,
    openings: createDatabaseOpenings(database, cipher),
    stop,
  };
};

interface PollDeps extends Pick<DatabaseLogDeps, 'database' | 'clock'> {
  readonly pollMs: number;
  readonly brandIds: () => readonly string[];
  readonly tell: (brandId: string, seq: number) => void;
}

/** Tells of events that any process has stored. Returns how to stop it. */
const pollHeads = ({ database, clock, pollMs, brandIds, tell }: PollDeps): (() => void) => {
  let isStopped = false;
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    const wanted = brandIds();
    if (wanted.length === 0) return;
    const rows = await database.query<{ brand_id: string; seq: number }>(
      'select brand_id, seq from event_heads where brand_id = any($1::text[])',
      [wanted],
    );
    for (const { brand_id: brandId, seq } of rows) tell(brandId, seq);
  };
  const schedule = (): void => {
    cancel = clock.after(pollMs, () => {
      // Without the database there is no news.
      void look()
        .catch(() => undefined)
        .finally(() => {
          if (!isStopped) schedule();
        });
    });
  };
  schedule();
  return () => {
    isStopped = true;
    cancel();
  };
};
