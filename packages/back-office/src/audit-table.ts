/** The table of the audit log: append only, which the database itself holds; migrations call these. */
import { createIdempotencyTable, dropIdempotencyTable } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const digest = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

/** Creates audit_log. `previous_hash` is unique: the chain cannot fork. */
export async function createAuditTable(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE audit_log (
    id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    seq BIGINT UNSIGNED NOT NULL UNIQUE,
    at DATETIME(6) NOT NULL,
    actor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    action VARCHAR(48) NOT NULL,
    entity VARCHAR(32) NOT NULL,
    entity_id VARCHAR(80) NOT NULL,
    change_before TEXT NULL,
    change_after TEXT NULL,
    trace_id CHAR(32) NULL,
    previous_hash ${digest} UNIQUE,
    hash ${digest},
    created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
    KEY audit_log_entity (entity, entity_id, seq),
    KEY audit_log_actor (actor, seq))`);
  for (const verb of ['UPDATE', 'DELETE']) {
    await knex.raw(`CREATE TRIGGER audit_log_no_${verb.toLowerCase()} BEFORE ${verb} ON audit_log
      FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit log is append only'`);
  }
}

/** Drops what {@link createAuditTable} made. */
export async function dropAuditTable(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE audit_log');
}

/** What a service needs whose staff change things: the audit log, and keys of their requests. */
export async function createBackOfficeTables(knex: Knex): Promise<void> {
  await createIdempotencyTable(knex);
  await createAuditTable(knex);
}

/** Drops what {@link createBackOfficeTables} made. */
export async function dropBackOfficeTables(knex: Knex): Promise<void> {
  await dropAuditTable(knex);
  await dropIdempotencyTable(knex);
}
