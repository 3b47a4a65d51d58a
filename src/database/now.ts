/**
 * SQL for the clock of the database, ms since the Unix epoch. Leases and expiries are compared by several processes, whose own clocks
 * may differ.
 */
export const nowMs = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
