/** Tables that kit's outbox, inbox and dead events need in a service's schema; its first migration calls these. */
import type { Knex } from 'knex';

const time = 'DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';

/** Creates outbox, inbox and dead_events. */
export async function createMessageTables(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE outbox (
    id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    topic VARCHAR(64) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    data MEDIUMTEXT NOT NULL,
    traceparent CHAR(55) NULL,
    created_at ${time},
    claimed_until DATETIME(6) NULL,
    sent_at DATETIME(6) NULL,
    KEY outbox_unsent (sent_at, id))`);
  await knex.raw(`CREATE TABLE inbox (
    consumer VARCHAR(48) NOT NULL,
    event_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at ${time},
    PRIMARY KEY (consumer, event_id),
    KEY inbox_age (created_at))`);
  await knex.raw(`CREATE TABLE dead_events (
    id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    topic VARCHAR(64) NOT NULL,
    event MEDIUMTEXT NOT NULL,
    reason VARCHAR(500) NOT NULL,
    trace_id CHAR(32) NULL,
    created_at ${time},
    KEY dead_events_age (created_at))`);
}

/** Drops what {@link createMessageTables} made. */
export async function dropMessageTables(knex: Knex): Promise<void> {
  for (const table of ['dead_events', 'inbox', 'outbox']) await knex.raw(`DROP TABLE ${table}`);
}

/** Creates idempotency_keys (see idempotency.ts). */
export async function createIdempotencyTable(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE idempotency_keys (
    scope VARCHAR(64) NOT NULL,
    idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fingerprint CHAR(64) NOT NULL,
    subject_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    lease_until DATETIME(6) NOT NULL,
    status SMALLINT UNSIGNED NULL,
    body MEDIUMTEXT NULL,
    created_at ${time},
    PRIMARY KEY (scope, idempotency_key),
    UNIQUE KEY idempotency_keys_subject (subject_id),
    KEY idempotency_keys_age (created_at))`);
}

/** Drops what {@link createIdempotencyTable} made. */
export async function dropIdempotencyTable(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE idempotency_keys');
}
