import type { Migration } from '../database/database';
import type { SealedColumn } from '../database/reseal';

/**
 * One row for each message and webhook. `subject` is a keyed hash of the card: messages of one subject are delivered in the order of
 * `seq`. `sealed` is the body, encrypted.
 */
export const webhookMigrations: readonly Migration[] = [
  {
    id: 'webhooks/001',
    sql: `
      create table webhook_deliveries (
        seq bigint generated always as identity primary key,
        webhook text not null,
        message_id text not null,
        brand_id text not null,
        kind text not null,
        subject text not null,
        sealed text not null,
        state text not null,
        attempts integer not null,
        created_at bigint not null,
        next_at bigint not null,
        leased_until bigint not null,
        ended_at bigint,
        last_result text,
        unique (webhook, message_id)
      );
      create index webhook_deliveries_due on webhook_deliveries (webhook, next_at) where state = 'WAITING';
      create index webhook_deliveries_order on webhook_deliveries (webhook, subject, seq) where state = 'WAITING';
      create index webhook_deliveries_ended on webhook_deliveries (state, ended_at);
    `,
  },
];

/** The purpose of the keys under which messages wait. */
export const webhookPurpose = 'webhook deliveries';

export const webhookSealedColumns: readonly SealedColumn[] = [
  {
    table: 'webhook_deliveries',
    column: 'sealed',
    key: { seq: 'bigint' },
    also: ['webhook'],
    contextOf: ({ webhook }) => String(webhook),
  },
];
