import type { Database, Sql, SqlRow } from '../database/database';
import { nowMs } from '../database/now';
import type { Cipher } from '../shared/cipher';
import type { Delivery, DeliveryState } from './delivery';
import { attemptMs } from './sender';
import type { WebhookKind } from './settings';

export interface NewDelivery {
  readonly webhook: string;
  readonly messageId: string;
  readonly brandId: string;
  readonly kind: WebhookKind;
  readonly subject: string;
  readonly body: string;
}

/** A delivery that this process has to attempt now. */
export interface Taken extends Delivery {
  /** `undefined` if it was encrypted with a key that is no longer configured. */
  readonly body: string | undefined;
}

export type Outcome =
  | { readonly state: 'DELIVERED' | 'DEAD'; readonly result: string }
  | { readonly state: 'WAITING'; readonly result: string; readonly pauseMs: number };

/** Deliveries in the database. Every method rejects with DATABASE_UNAVAILABLE if it cannot be used. */
export interface Queue {
  /** Adds what is not there yet, all or nothing. With `within`, it is part of that transaction. */
  add(deliveries: readonly NewDelivery[], within?: Sql): Promise<void>;
  /** Takes deliveries that are due, for `leaseMs`: of each subject only the first one, so that they stay in order. */
  take(webhook: string, count: number): Promise<readonly Taken[]>;
  /** Without effect if another process has taken it meanwhile. */
  finish(taken: Taken, outcome: Outcome): Promise<void>;
  /** Newest first. `before`: only deliveries with a smaller id. */
  list(asked: {
    readonly state?: DeliveryState | undefined;
    readonly before?: number | undefined;
    readonly count: number;
  }): Promise<readonly Delivery[]>;
  get(id: number): Promise<Delivery | undefined>;
  /** Makes one that has ended wait again, due now; `undefined` if there is none. */
  redeliver(id: number): Promise<Delivery | undefined>;
  /** Removes what has ended long ago, and gives up what no configured webhook has sent. */
  sweep(webhooks: readonly string[]): Promise<void>;
}

/** Longer than any attempt, so that two processes never send the same at the same time. */
export const leaseMs = 4 * attemptMs;
/** WeChat Pay repeats a notification for a day, and a repetition must meet its row. */
const keptMs = { DELIVERED: 7 * 86_400_000, DEAD: 30 * 86_400_000, unsent: 4 * 86_400_000 };
const columns =
  'seq, webhook, message_id, brand_id, kind, state, attempts, created_at, next_at, ended_at, last_result';

export const createQueue = (database: Database, cipher: Cipher): Queue => ({
  async add(deliveries, within) {
    const insert = async (sql: Sql): Promise<void> => {
      for (const { webhook, messageId, brandId, kind, subject, body } of deliveries)
        await sql.query(
          `insert into webhook_deliveries
             (webhook, message_id, brand_id, kind, subject, sealed, state, attempts, created_at, next_at, leased_until)
           values ($1, $2, $3, $4, $5, $6, 'WAITING', 0, ${nowMs}, ${nowMs}, 0)
           on conflict (webhook, message_id) do nothing`,
          [webhook, messageId, brandId, kind, subject, cipher.encrypt(webhook, body)],
        );
    };
    await (within === undefined ? database.transaction(insert) : insert(within));
  },
  async take(webhook, count) {
    const rows = await database.query(
      `update webhook_deliveries set attempts = attempts + 1, leased_until = ${nowMs} + ${leaseMs}
       where seq in (
         select due.seq from webhook_deliveries due
         where due.webhook = $1 and due.state = 'WAITING' and due.next_at <= ${nowMs} and due.leased_until <= ${nowMs}
           and not exists (
             select from webhook_deliveries earlier
             where earlier.webhook = due.webhook and earlier.subject = due.subject
               and earlier.state = 'WAITING' and earlier.seq < due.seq
           )
         order by due.next_at limit $2 for update skip locked
       ) returning ${columns}, sealed`,
      [webhook, count],
    );
    return rows.map((row) => ({ ...toDelivery(row), body: cipher.decrypt(webhook, String(row.sealed)) }));
  },
  async finish({ id, attempts }, outcome) {
    const { state, result } = outcome;
    const pauseMs = outcome.state === 'WAITING' ? outcome.pauseMs : 0;
    await database.query(
      `update webhook_deliveries set state = $3, last_result = $4, leased_until = 0, next_at = ${nowMs} + $5::bigint,
         ended_at = case when $3 = 'WAITING' then null else ${nowMs} end
       where seq = $1 and attempts = $2 and state = 'WAITING'`,
      [Number(id), attempts, state, result, Math.round(pauseMs)],
    );
  },
  async list({ state, before, count }) {
    const rows = await database.query(
      `select ${columns} from webhook_deliveries
       where ($1::text is null or state = $1) and ($2::bigint is null or seq < $2) order by seq desc limit $3`,
      [state ?? null, before ?? null, count],
    );
    return rows.map(toDelivery);
  },
  async get(id) {
    const [row] = await database.query(`select ${columns} from webhook_deliveries where seq = $1`, [id]);
    return row && toDelivery(row);
  },
  async redeliver(id) {
    const [row] = await database.query(
      `update webhook_deliveries set state = 'WAITING', attempts = 0, next_at = ${nowMs}, leased_until = 0, ended_at = null
       where seq = $1 and state <> 'WAITING' returning ${columns}`,
      [id],
    );
    return row && toDelivery(row);
  },
  async sweep(webhooks) {
    await database.query(
      `delete from webhook_deliveries where (state = 'DELIVERED' and ended_at < ${nowMs} - $1::bigint)
         or (state = 'DEAD' and ended_at < ${nowMs} - $2::bigint)`,
      [keptMs.DELIVERED, keptMs.DEAD],
    );
    await database.query(
      `update webhook_deliveries set state = 'DEAD', last_result = 'NOT_CONFIGURED', ended_at = ${nowMs}
       where state = 'WAITING' and created_at < ${nowMs} - $1::bigint and webhook <> all($2::text[])`,
      [keptMs.unsent, webhooks],
    );
  },
});

const toDelivery = (row: SqlRow): Delivery => {
  const state = row.state as DeliveryState;
  return {
    id: String(row.seq),
    webhook: String(row.webhook),
    messageId: String(row.message_id),
    brandId: String(row.brand_id),
    kind: row.kind as WebhookKind,
    state,
    attempts: Number(row.attempts),
    createdAt: Number(row.created_at),
    ...(state === 'WAITING' ? { nextAt: Number(row.next_at) } : {}),
    ...(typeof row.ended_at === 'number' ? { endedAt: row.ended_at } : {}),
    ...(typeof row.last_result === 'string' ? { lastResult: row.last_result } : {}),
  };
};
