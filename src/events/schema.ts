import type { Migration } from '../database/database';
import type { SealedColumn } from '../database/reseal';

/**
 * The events of each brand, what recognises a repeated delivery, and the openings that wait. `sealed` is the event, encrypted: the
 * database holds no user in clear. An event's id is `<ms>-<seq>`; the row of its brand in event_heads makes it, one append at a time.
 */
export const eventMigrations: readonly Migration[] = [
  {
    id: 'events/001',
    sql: `
      create table event_heads (brand_id text primary key, ms bigint not null, seq bigint not null);
      create table events (
        brand_id text not null,
        ms bigint not null,
        seq bigint not null,
        sealed text not null,
        primary key (brand_id, ms, seq)
      );
      create table event_marks (
        brand_id text not null,
        kind text not null,
        value text not null,
        expires_at bigint not null,
        primary key (brand_id, kind, value)
      );
      create index event_marks_expires_at on event_marks (expires_at);
      create table event_openings (
        brand_id text not null,
        seq bigint not null,
        sealed text not null,
        taken_until bigint not null,
        primary key (brand_id, seq)
      );
    `,
  },
  {
    // Who confirms an opening, and what finds it when its card is seen. `ms`: when it was stored. Earlier ones were all queued.
    id: 'events/002',
    sql: `
      alter table event_openings add column state text not null default 'QUEUED', add column key text not null default '',
        add column ms bigint not null default 0;
      create index event_openings_aside on event_openings (brand_id, key) where state <> 'QUEUED';
    `,
  },
];

/** The purpose of the keys under which events are stored. */
export const eventPurpose = 'events';

/** See sealed-event.ts. */
const boundToBrand = {
  column: 'sealed',
  contextOf: ({ brand_id }) => String(brand_id),
} as const satisfies Partial<SealedColumn>;

export const eventSealedColumns: readonly SealedColumn[] = [
  { table: 'events', key: { brand_id: 'text', ms: 'bigint', seq: 'bigint' }, ...boundToBrand },
  { table: 'event_openings', key: { brand_id: 'text', seq: 'bigint' }, ...boundToBrand },
];
