import type { Migration } from '../database/database';

/** Members' cards as they passed by. No openid, code or phone number is in clear. Times are ms since the Unix epoch. */
export const directoryMigrations: readonly Migration[] = [
  {
    id: 'directory/001',
    sql: `
      create table directory_cards (
        brand_id text not null,
        card_name bytea not null, -- keyed hash of card_id and code
        card_id text not null,
        code_name bytea not null,
        openid_name bytea,
        phone_name bytea,
        sealed text not null, -- openid and code, encrypted
        state text,
        state_at bigint,
        level text,
        read_at bigint, -- when the whole card was read
        points bigint,
        points_at bigint,
        first_seen_at bigint not null,
        last_seen_at bigint not null,
        primary key (brand_id, card_name)
      );
      create index directory_cards_code on directory_cards (brand_id, code_name);
      create index directory_cards_openid on directory_cards (brand_id, openid_name) where openid_name is not null;
      create index directory_cards_phone on directory_cards (brand_id, phone_name) where phone_name is not null;
      create index directory_cards_first_seen on directory_cards (brand_id, first_seen_at, card_name);
      create index directory_cards_last_seen on directory_cards (brand_id, last_seen_at, card_name);
      -- Since when a brand is recorded, and when something may have been lost.
      create table directory_brands (
        brand_id text primary key,
        since bigint not null,
        active_at bigint not null,
        lost_at bigint
      );
      -- Members that were erased: what was seen before does not come back.
      create table directory_forgotten (
        brand_id text not null,
        openid_name bytea not null,
        at bigint not null,
        primary key (brand_id, openid_name)
      );
      -- Processes that may hold entries which are not stored yet.
      create table directory_processes (
        id text primary key,
        beat_at bigint not null
      );`,
  },
];
