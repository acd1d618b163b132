/** When each row that readers see was last changed, kept by the database itself: whoever writes, all processes can tell. */
import type { Knex } from 'knex';

const tables = ['categories', 'products', 'variant_prices', 'variant_stock', 'listings'];

export async function up(knex: Knex): Promise<void> {
  for (const name of tables) {
    // A change of a table cannot be rolled back: who was killed half-way goes on from there.
    if (await knex.schema.hasColumn(name, 'changed_at')) continue;
    await knex.raw(
      `ALTER TABLE ${name}
         ADD COLUMN changed_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
         ADD KEY ${name}_changed (changed_at)`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const name of tables)
    await knex.raw(`ALTER TABLE ${name} DROP KEY ${name}_changed, DROP COLUMN changed_at`);
}
