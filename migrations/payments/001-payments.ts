// Payments' schema: payments with their tombstones, refunds, the double-entry ledger and the provider's events.
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';
const createdAt = 'created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  // A tombstone (voided before it was ever authorised) has amount 0 and no currency.
  await knex.raw(`CREATE TABLE payments (
    order_id ${id} PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    void_requested TINYINT NOT NULL DEFAULT 0,
    amount BIGINT NOT NULL,
    currency CHAR(3) NULL,
    authorised BIGINT NOT NULL DEFAULT 0,
    captured BIGINT NOT NULL DEFAULT 0,
    refund_requested BIGINT NOT NULL DEFAULT 0,
    refunded BIGINT NOT NULL DEFAULT 0,
    provider_ref VARCHAR(80) NULL,
    method VARCHAR(16) NULL,
    token VARCHAR(100) NULL,
    return_url VARCHAR(2000) NULL,
    action_url VARCHAR(2000) NULL,
    reason VARCHAR(64) NULL,
    traceparent CHAR(55) NULL,
    attempts INT NOT NULL DEFAULT 0,
    due_at DATETIME(6) NULL,
    version INT NOT NULL DEFAULT 1,
    ${createdAt},
    UNIQUE KEY payments_provider_ref (provider_ref),
    KEY payments_due (due_at),
    CONSTRAINT payments_state CHECK (state IN ('started', 'requires-action', 'authorised', 'declined', 'voided',
      'capturing', 'capture-failed', 'captured')),
    CONSTRAINT payments_authorised CHECK (authorised >= 0 AND authorised <= amount),
    CONSTRAINT payments_captured CHECK (captured >= 0 AND captured <= authorised),
    CONSTRAINT payments_refunded CHECK (refunded >= 0 AND refunded <= refund_requested
      AND refund_requested <= captured))`);
  await knex.raw(`CREATE TABLE refunds (
    refund_id ${id} PRIMARY KEY,
    order_id ${id},
    amount BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    state VARCHAR(16) NOT NULL,
    reason VARCHAR(64) NULL,
    attempts INT NOT NULL DEFAULT 0,
    due_at DATETIME(6) NULL,
    ${createdAt},
    KEY refunds_order (order_id),
    KEY refunds_due (due_at),
    CONSTRAINT refunds_amount CHECK (amount > 0),
    CONSTRAINT refunds_state CHECK (state IN ('started', 'refunded', 'failed')))`);
  await knex.raw(`CREATE TABLE ledger_entries (
    txn_id ${id},
    account VARCHAR(24) NOT NULL,
    order_id ${id},
    kind VARCHAR(16) NOT NULL,
    amount BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    ${createdAt},
    PRIMARY KEY (txn_id, account),
    KEY ledger_order (order_id),
    KEY ledger_account (account, created_at))`);
  await knex.raw(`CREATE TABLE provider_events (
    event_id VARCHAR(80) NOT NULL PRIMARY KEY,
    order_id VARCHAR(64) NOT NULL,
    type VARCHAR(48) NOT NULL,
    state VARCHAR(16) NOT NULL,
    outcome TEXT NULL,
    attempts INT NOT NULL DEFAULT 0,
    due_at DATETIME(6) NULL,
    ${createdAt},
    KEY provider_events_due (due_at),
    KEY provider_events_age (created_at),
    CONSTRAINT provider_events_state CHECK (state IN ('done', 'waiting', 'abandoned')))`);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['provider_events', 'ledger_entries', 'refunds', 'payments']) {
    await knex.raw(`DROP TABLE ${table}`);
  }
  await dropMessageTables(knex);
}
