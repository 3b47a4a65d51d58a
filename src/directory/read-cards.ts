import type { Sql, SqlValue } from '../database/database';
import { AppError } from '../shared/errors';
import type { MemberName, Names } from './names';
import type { Sealing } from './sealing';
import { neverTold } from './write-batch';

/** A card as it last passed by. */
export interface KnownCard {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
  /** Absent if only the lost response to an import by phone had it. */
  readonly openid?: string;
  /** In WeChat Pay's words; absent if no response had it. */
  readonly state?: string;
  readonly level?: string;
  /** Times: ms since the Unix epoch. When the whole card was last read; absent if it never was. */
  readonly fetchedAt?: number;
  readonly pointBalance?: number;
  readonly pointsSyncedAt?: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Whether it is encrypted with a former key. */
  readonly isFormer: boolean;
}

export const knownCardSorts = [
  'LAST_SEEN_DESC',
  'LAST_SEEN_ASC',
  'FIRST_SEEN_DESC',
  'FIRST_SEEN_ASC',
] as const;
export type KnownCardSort = (typeof knownCardSorts)[number];

/** All that are given must agree. */
export interface KnownCardFilter {
  readonly cardId?: string | undefined;
  readonly state?: string | undefined;
  readonly level?: string | undefined;
  readonly openid?: string | undefined;
}

/** The place of a card in a list: it does not move when other cards come or go. */
export interface Position {
  readonly at: number;
  /** Keyed hash of the card, hexadecimal. */
  readonly cardName: string;
}

export interface KnownCardPage {
  /** An error in the place of a card whose encryption key was removed. */
  readonly cards: readonly { readonly position: Position; readonly card: KnownCard | AppError }[];
  readonly hasMore: boolean;
}

export interface ReadDeps {
  readonly names: Names;
  readonly sealing: Sealing;
}

interface Row {
  readonly [column: string]: unknown;
  readonly card_name: string;
  readonly card_id: string;
  readonly sealed: string;
  readonly state: string | null;
  readonly level: string | null;
  readonly read_at: number | null;
  readonly points: number | null;
  readonly points_at: number | null;
  readonly first_seen_at: number;
  readonly last_seen_at: number;
}

const columns = `encode(card_name, 'hex') as card_name, card_id, sealed, state, level, read_at, points, points_at,
  first_seen_at, last_seen_at`;

/** The column of a member's name, and the value that it has. */
export const columnOf = (
  brandId: string,
  by: MemberName,
  names: Names,
): readonly [column: string, name: string] => {
  if ('openid' in by) return ['openid_name', names.openid(brandId, by.openid)];
  if ('userCardCode' in by) return ['code_name', names.code(brandId, by.userCardCode)];
  return ['phone_name', names.phone(brandId, by.phoneNumber)];
};

/** The card with the name; if there are several, a valid one, then the one seen last. */
export const findCard = async (
  sql: Sql,
  {
    brandId,
    by,
    cardId,
  }: { readonly brandId: string; readonly by: MemberName; readonly cardId?: string | undefined },
  { names, sealing }: ReadDeps,
): Promise<KnownCard | AppError | undefined> => {
  const [column, name] = columnOf(brandId, by, names);
  const [row] = await sql.query<Row>(
    `select ${columns} from directory_cards
     where brand_id = $1 and ${column} = decode($2, 'hex') and ($3::text is null or card_id = $3)
     order by state = 'EFFECTIVE' desc nulls last, last_seen_at desc, card_name limit 1`,
    [brandId, name, cardId ?? null],
  );
  return row && toCard(brandId, row, sealing);
};

const orders = {
  LAST_SEEN_DESC: ['last_seen_at', 'desc', '<'],
  LAST_SEEN_ASC: ['last_seen_at', 'asc', '>'],
  FIRST_SEEN_DESC: ['first_seen_at', 'desc', '<'],
  FIRST_SEEN_ASC: ['first_seen_at', 'asc', '>'],
} as const satisfies Record<KnownCardSort, readonly string[]>;

export interface ListRequest {
  readonly brandId: string;
  readonly first: number;
  readonly after?: Position | undefined;
  readonly filter: KnownCardFilter;
  readonly sort: KnownCardSort;
}

export const listCards = async (
  sql: Sql,
  { brandId, first, after, filter, sort }: ListRequest,
  { names, sealing }: ReadDeps,
): Promise<KnownCardPage> => {
  const [column, direction, beyond] = orders[sort];
  const { where, values } = whereOf(brandId, filter, names);
  const behind =
    after === undefined
      ? ''
      : ` and (${column}, card_name) ${beyond} ($${values.length + 1}, decode($${values.length + 2}, 'hex'))`;
  const rows = await sql.query<Row>(
    `select ${columns} from directory_cards where ${where}${behind}
     order by ${column} ${direction}, directory_cards.card_name ${direction} limit ${first + 1}`,
    after === undefined ? values : [...values, after.at, after.cardName],
  );
  return {
    cards: rows.slice(0, first).map((row) => ({
      position: { at: row[column], cardName: row.card_name },
      card: toCard(brandId, row, sealing),
    })),
    hasMore: rows.length > first,
  };
};

export const countCards = async (
  sql: Sql,
  { brandId, filter }: Pick<ListRequest, 'brandId' | 'filter'>,
  { names }: Pick<ReadDeps, 'names'>,
): Promise<number> => {
  const { where, values } = whereOf(brandId, filter, names);
  const [row] = await sql.query<{ readonly n: number }>(
    `select count(*) as n from directory_cards where ${where}`,
    values,
  );
  return row?.n ?? 0;
};

const whereOf = (
  brandId: string,
  { cardId, state, level, openid }: KnownCardFilter,
  names: Names,
): { readonly where: string; readonly values: readonly SqlValue[] } => {
  const conditions = [
    ['brand_id = ?', brandId],
    ['card_id = ?', cardId],
    ['state = ?', state],
    ['level = ?', level],
    ["openid_name = decode(?, 'hex')", openid === undefined ? undefined : names.openid(brandId, openid)],
  ] as const;
  const given = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return {
    where: given.map(({ sql }, index) => sql.replace('?', `$${index + 1}`)).join(' and '),
    values: given.map(({ value }) => value),
  };
};

const toCard = (brandId: string, row: Row, sealing: Sealing): KnownCard | AppError => {
  const key = sealing.open(row.card_name, row.sealed);
  if (key instanceof AppError) return key;
  return {
    brandId,
    cardId: row.card_id,
    ...key,
    ...(row.state !== null && { state: row.state }),
    ...(row.level !== null && { level: row.level }),
    ...(row.read_at !== null && row.read_at !== neverTold && { fetchedAt: row.read_at }),
    ...(row.points !== null && { pointBalance: row.points }),
    ...(row.points_at !== null && { pointsSyncedAt: row.points_at }),
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    isFormer: sealing.isFormer(row.sealed),
  };
};
