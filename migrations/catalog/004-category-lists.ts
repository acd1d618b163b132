/** Lists of a category in each order, read from the place where a page begins, however many products the category has. */
import type { Knex } from 'knex';

const keys = { popular: 'popularity', newest: 'published_at', price: 'min_price' };

export async function up(knex: Knex): Promise<void> {
  const added = Object.entries(keys).map(
    ([name, column]) =>
      `ADD KEY IF NOT EXISTS listings_category_${name} (currency, category_id, ${column}, product_id)`,
  );
  await knex.raw(`ALTER TABLE listings ${added.join(', ')}`);
}

export async function down(knex: Knex): Promise<void> {
  const dropped = Object.keys(keys).map((name) => `DROP KEY listings_category_${name}`);
  await knex.raw(`ALTER TABLE listings ${dropped.join(', ')}`);
}
