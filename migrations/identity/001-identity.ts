/** Tables of identity. */
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
}

export async function down(knex: Knex): Promise<void> {
  await dropMessageTables(knex);
}
