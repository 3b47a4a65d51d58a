import type { Sql } from '../database/database';
import type { Names } from './names';
import type { Seen } from './pending';
import type { Sealing } from './sealing';

export interface Batch {
  readonly sightings: readonly Seen[];
  /** Brands of which something was lost, as far as it is not stored yet. */
  readonly lost: readonly string[];
  /** Since when this process records a brand, ms since the Unix epoch. */
  readonly recordedSince: (brandId: string) => number;
  readonly now: number;
}

export interface WriteDeps {
  readonly names: Names;
  readonly sealing: Sealing;
}

/** The time of a state or level that WeChat Pay did not tell: whatever it tells is newer. */
export const neverTold = 0;

/** A brand that nobody recorded for longer is not complete: what passed by another server meanwhile is missing. */
const maxGapMs = 600_000;

/** Stores a batch in the transaction of `sql`. */
export const writeBatch = async (sql: Sql, batch: Batch, deps: WriteDeps): Promise<void> => {
  const { sightings, lost, now, recordedSince } = batch;
  const brandIds = [...new Set([...sightings.map(({ brandId }) => brandId), ...lost])].sort();
  await sql.query(
    `insert into directory_brands as known (brand_id, since, active_at, lost_at)
     select brand_id, $2, $2, null from unnest($1::text[]) as seen (brand_id)
     on conflict (brand_id) do update set
       lost_at = case when known.active_at < (
           select missed from unnest($1::text[], $3::bigint[]) as own (brand_id, missed)
           where own.brand_id = known.brand_id
         ) then $2 else known.lost_at end,
       active_at = greatest(known.active_at, $2)`,
    [brandIds, now, brandIds.map((brandId) => recordedSince(brandId) - maxGapMs)],
  );
  if (lost.length > 0)
    await sql.query('update directory_brands set lost_at = $2 where brand_id = any($1::text[])', [lost, now]);
  if (sightings.length > 0)
    await sql.query(upsert, [JSON.stringify(sightings.map((sighting) => rowOf(sighting, deps)))]);
};

const rowOf = (sighting: Seen, { names, sealing }: WriteDeps): Readonly<Record<string, unknown>> => {
  const { brandId, cardId, userCardCode, openid, phoneNumber, state, level, pointBalance, seenAt } = sighting;
  const cardName = names.card(brandId, cardId, userCardCode);
  return {
    brand_id: storable(brandId),
    card_name: cardName,
    card_id: storable(cardId),
    code_name: names.code(brandId, userCardCode),
    openid_name: openid === undefined ? null : names.openid(brandId, openid),
    phone_name: phoneNumber === undefined ? null : names.phone(brandId, phoneNumber),
    sealed: sealing.seal(cardName, { userCardCode, ...(openid !== undefined && { openid }) }),
    state: storable(state?.value),
    state_at: state?.at,
    level: storable(level?.value),
    read_at: level?.at,
    points: pointBalance?.value,
    points_at: pointBalance?.at,
    seen_at: seenAt,
  };
};

/** PostgreSQL has no text with the character NUL. */
const storable = (text: string | undefined): string | undefined => text?.replaceAll('\0', '');

/**
 * The newer state, level and balance win, whatever the order in which they arrive. Ordered, so that processes lock the rows in the
 * same order. What was seen before a member was forgotten is not stored.
 */
const upsert = `
  insert into directory_cards as known (brand_id, card_name, card_id, code_name, openid_name, phone_name, sealed,
    state, state_at, level, read_at, points, points_at, first_seen_at, last_seen_at)
  select brand_id, decode(card_name, 'hex'), card_id, decode(code_name, 'hex'), decode(openid_name, 'hex'),
    decode(phone_name, 'hex'), sealed, state, state_at, level, read_at, points, points_at, seen_at, seen_at
  from jsonb_to_recordset($1::jsonb) as seen (brand_id text, card_name text, card_id text, code_name text,
    openid_name text, phone_name text, sealed text, state text, state_at bigint, level text, read_at bigint,
    points bigint, points_at bigint, seen_at bigint)
  where not exists (
    select 1 from directory_forgotten as forgotten
    where forgotten.brand_id = seen.brand_id and forgotten.openid_name = decode(seen.openid_name, 'hex')
      and forgotten.at >= seen.seen_at)
  order by brand_id, card_name
  on conflict (brand_id, card_name) do update set
    openid_name = coalesce(excluded.openid_name, known.openid_name),
    phone_name = coalesce(excluded.phone_name, known.phone_name),
    sealed = case when excluded.openid_name is null and known.openid_name is not null
      then known.sealed else excluded.sealed end,
    state = case when excluded.state_at >= coalesce(known.state_at, 0) then excluded.state else known.state end,
    state_at = greatest(known.state_at, excluded.state_at),
    level = case when excluded.read_at >= coalesce(known.read_at, 0) then excluded.level else known.level end,
    read_at = greatest(known.read_at, excluded.read_at),
    points = case when excluded.points_at >= coalesce(known.points_at, 0) then excluded.points else known.points end,
    points_at = greatest(known.points_at, excluded.points_at),
    first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)`;
