/**
 * Table of notifications: each mail that an event called for. The unique event id makes it the inbox too: a second
 * delivery finds the row. `body` is kept until the mail has gone.
 */
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const time = 'DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';
const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  await knex.raw(`CREATE TABLE mails (
    id ${id} PRIMARY KEY,
    event_id ${id},
    order_id ${id},
    kind ENUM('confirmation', 'cancellation') NOT NULL,
    recipient VARCHAR(254) NOT NULL,
    subject VARCHAR(200) NOT NULL,
    body MEDIUMTEXT NULL,
    state ENUM('pending', 'sent', 'failed') NOT NULL DEFAULT 'pending',
    attempts INT UNSIGNED NOT NULL DEFAULT 1,
    due_at DATETIME(6) NOT NULL,
    created_at ${time},
    sent_at DATETIME(6) NULL,
    UNIQUE KEY mails_event (event_id),
    KEY mails_due (state, due_at),
    KEY mails_order (order_id),
    CONSTRAINT mails_body CHECK (state = 'sent' OR body IS NOT NULL),
    CONSTRAINT mails_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL)))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE mails');
  await dropMessageTables(knex);
}
