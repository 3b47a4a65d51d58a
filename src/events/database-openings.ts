import type { Database } from '../database/database';
import { nowMs } from '../database/now';
import { openingRetryMs, type OpeningQueue, type OpeningState } from './openings';
import { openEvent, type EventCipher } from './sealed-event';

/** Openings in a database. A lease by its clock: a process that dies leaves its openings to the others. */
export const createDatabaseOpenings = (database: Database, cipher: EventCipher): OpeningQueue => ({
  async take(brandId, count) {
    const rows = await database.query<{ seq: number; sealed: string }>(
      `update event_openings set taken_until = ${nowMs} + ${openingRetryMs}
       where brand_id = $1 and seq in (
         select seq from event_openings where brand_id = $1 and state = 'QUEUED' and taken_until <= ${nowMs}
         order by seq limit $2 for update skip locked
       ) returning seq, sealed`,
      [brandId, count],
    );
    return rows
      .toSorted((a, b) => a.seq - b.seq)
      .flatMap(({ seq, sealed }) => {
        const event = openEvent(cipher, brandId, sealed);
        return event === undefined ? [] : [{ id: idOf(seq), event }];
      });
  },
  async done(brandId, id) {
    await database.query('delete from event_openings where brand_id = $1 and seq = $2', [brandId, seqOf(id)]);
  },
  async setAside(brandId, { id }, state) {
    await database.query('update event_openings set state = $3 where brand_id = $1 and seq = $2', [
      brandId,
      seqOf(id),
      state,
    ]);
  },
  async requeue(brandId) {
    await database.query(
      `update event_openings set state = 'QUEUED', taken_until = 0 where brand_id = $1 and state = 'NEEDS_CODE'`,
      [brandId],
    );
  },
  async settle(brandId, keys) {
    await database.query(
      `delete from event_openings where brand_id = $1 and key = any($2::text[]) and state <> 'QUEUED'`,
      [brandId, [...keys]],
    );
  },
  async list(brandId, { of, after, count }) {
    const rows = await database.query<{ seq: number; sealed: string; state: OpeningState }>(
      `select seq, sealed, state from event_openings
       where brand_id = $1 and (state = 'QUEUED') = $2 and seq > $3 order by seq limit $4`,
      [brandId, of === 'QUEUED', seqOf(after), count],
    );
    return rows.map(({ seq, sealed, state }) => ({
      id: idOf(seq),
      state,
      event: openEvent(cipher, brandId, sealed),
    }));
  },
});

/** In the form of a position, as in the other stores. */
const idOf = (seq: number): string => `${seq}-0`;
const seqOf = (id: string): number => Number(id.split('-')[0]);
