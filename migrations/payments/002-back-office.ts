/** Payments for staff: their audit log and keys, payments by state; and nothing kept of what only the asking needs. */
import { createBackOfficeTables, dropBackOfficeTables } from '@souk/back-office/audit-table';
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createBackOfficeTables(knex);
  await knex.raw('CREATE INDEX payments_state ON payments (state, order_id)');
  await knex.raw("UPDATE payments SET token = NULL, return_url = NULL WHERE state <> 'started'");
  await knex.raw("UPDATE payments SET action_url = NULL WHERE state <> 'requires-action'");
}

/** What was forgotten does not come back. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX payments_state ON payments');
  await dropBackOfficeTables(knex);
}
