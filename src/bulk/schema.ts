import type { Migration } from '../database/database';

/** Times are milliseconds since the Unix epoch. What people wrote is sealed (sealing.ts); keys are HMACs (row-keys.ts). */
export const bulkMigrations: readonly Migration[] = [
  {
    id: 'bulk/001',
    sql: `
create table bulk_files (
  id text primary key,
  brand_id text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  format text not null,
  row_count integer not null,
  columns text not null,
  digest text not null
);
create table bulk_chunks (
  file_id text not null,
  number integer not null,
  rows text not null,
  primary key (file_id, number)
);
create table bulk_operations (
  id text primary key,
  brand_id text not null,
  kind text not null,
  status text not null,
  reason text,
  created_by text not null,
  scopes text not null,
  language text not null,
  settings text not null,
  on_existing text not null,
  dry_run boolean not null,
  not_before bigint,
  window_from integer,
  window_to integer,
  max_per_second double precision,
  idempotency_key text not null,
  request_hash text not null,
  file_id text not null,
  chunks_done integer not null default 0,
  total integer not null,
  rate double precision,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  expires_at bigint,
  changed_at bigint not null,
  owner text,
  lease_until bigint not null default 0,
  unique (created_by, brand_id, idempotency_key)
);
create index bulk_operations_open on bulk_operations (created_at) where status in ('VALIDATING', 'RUNNING');
create index bulk_operations_brand on bulk_operations (brand_id, created_at);
create table bulk_rows (
  operation_id text not null,
  number integer not null,
  state text not null,
  key text not null,
  mask text not null,
  sealed text,
  result text,
  code text,
  message text,
  in_doubt boolean not null default false,
  attempts integer not null default 0,
  due_at bigint not null default 0,
  changed_at bigint not null,
  primary key (operation_id, number)
);
create index bulk_rows_open on bulk_rows (operation_id, number) where state in ('PENDING', 'SENT');
create index bulk_rows_key on bulk_rows (key) where state in ('PENDING', 'SENT');
create table bulk_counts (
  operation_id text not null,
  state text not null,
  code text not null,
  n integer not null,
  primary key (operation_id, state, code)
);
create table bulk_claims (
  key text primary key,
  operation_id text not null,
  number integer not null,
  is_done boolean not null default false
)`,
  },
  {
    // The card of a row that was imported without an openid, as an HMAC; null once the openid is known.
    id: 'bulk/002',
    sql: `
alter table bulk_rows add column card_key text;
create index bulk_rows_card on bulk_rows (card_key) where card_key is not null`,
  },
  {
    // An import that updates cards which exist. update_key is the HMAC that an update of the card has as its key.
    id: 'bulk/003',
    sql: `
alter table bulk_rows add column update_key text, add column is_update boolean not null default false;
create index bulk_rows_update_key on bulk_rows (update_key) where update_key is not null and state in ('PENDING', 'SENT')`,
  },
  {
    // How many rows may be sent on a day, and how many were on the last one (daily-budget.ts).
    id: 'bulk/004',
    sql: `
alter table bulk_operations add column max_rows_per_day integer, add column spent_day integer not null default 0,
  add column spent_rows integer not null default 0`,
  },
  {
    // Rows of one operation with the same key are found by one index, and counts of large operations without their rows.
    id: 'bulk/005',
    sql: `
drop index bulk_rows_key;
create index bulk_rows_key on bulk_rows (key, operation_id) where state in ('PENDING', 'SENT');
create index bulk_rows_sent on bulk_rows (operation_id) where state = 'SENT'`,
  },
  {
    // A row that may have been sent, and whose card something newer has changed since: it is not sent again.
    id: 'bulk/006',
    sql: `alter table bulk_rows add column is_overtaken boolean not null default false`,
  },
  {
    // Keys are looked up by their beginning (key-index.ts).
    id: 'bulk/007',
    sql: `
drop index bulk_rows_key;
drop index bulk_rows_update_key;
create index bulk_rows_key on bulk_rows (left(key, 7)) where state in ('PENDING', 'SENT');
create index bulk_rows_update_key on bulk_rows (left(update_key, 7)) where update_key is not null and state in ('PENDING', 'SENT')`,
  },
];
