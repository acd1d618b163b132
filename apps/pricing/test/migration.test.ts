/** The second migration brings over what stood beside prices, and `down` puts it back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { down, up } from '../../../migrations/pricing/002-articles.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase('pricing');
});
afterAll(() => database?.close());

const rowsBefore = [
  { sku: 'BOOK-1', currency: 'EUR', amount: 1500, tax_class: 'reduced', weight_grams: 400 },
  { sku: 'SOAP-1', currency: 'EUR', amount: 690, tax_class: 'standard', weight_grams: 200 },
  { sku: 'SOAP-1', currency: 'USD', amount: 790, tax_class: 'standard', weight_grams: 200 },
];

it('keeps what every article costs, weighs and is taxed at, there and back', async () => {
  const { db } = database;
  await down(db);
  await db('prices').insert(rowsBefore);
  await up(db);
  const articles = await db('articles')
    .select('sku', 'product_id', 'tax_class', 'weight_grams', 'sellable', 'version')
    .orderBy('sku');
  const known = { product_id: null, sellable: 1, version: 0 };
  expect(articles).toEqual([
    { sku: 'BOOK-1', tax_class: 'reduced', weight_grams: 400, ...known },
    { sku: 'SOAP-1', tax_class: 'standard', weight_grams: 200, ...known },
  ]);
  await down(db);
  const rowsAfter = await db('prices')
    .select('sku', 'currency', 'amount', 'tax_class', 'weight_grams')
    .orderBy(['sku', 'currency']);
  expect(rowsAfter).toEqual(rowsBefore);
});
