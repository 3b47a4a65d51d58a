import type { Database } from '../database/database';
import type { MemberName, Names } from './names';
import { columnOf } from './read-cards';

/**
 * Erases every entry of a member in a brand, and returns their number. Entries of the same openid belong to the same member. What
 * was seen until `now` does not come back, whichever process still has it.
 */
export const forgetMember = (
  database: Database,
  { brandId, by, now }: { readonly brandId: string; readonly by: MemberName; readonly now: number },
  names: Names,
): Promise<number> =>
  database.transaction(async (sql) => {
    const [column, name] = columnOf(brandId, by, names);
    const rows = await sql.query<{ readonly openid: string }>(
      `select distinct encode(openid_name, 'hex') as openid from directory_cards
       where brand_id = $1 and ${column} = decode($2, 'hex') and openid_name is not null`,
      [brandId, name],
    );
    const openids = [...rows.map(({ openid }) => openid), ...('openid' in by ? [name] : [])];
    await sql.query(
      `insert into directory_forgotten as known (brand_id, openid_name, at)
       select distinct $1, decode(openid, 'hex'), $3::bigint from unnest($2::text[]) as given (openid)
       on conflict (brand_id, openid_name) do update set at = greatest(known.at, excluded.at)`,
      [brandId, openids, now],
    );
    const erased = await sql.query(
      `delete from directory_cards where brand_id = $1 and (${column} = decode($2, 'hex')
         or openid_name = any (select decode(openid, 'hex') from unnest($3::text[]) as given (openid)))
       returning 1`,
      [brandId, name, openids],
    );
    return erased.length;
  });
