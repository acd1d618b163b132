/** What the suites may ask for: articles with plenty of stock, product pages, words that find something, categories. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maxLines } from '@souk/contracts/identifiers';
import type { Connection } from 'mysql2/promise';
import { send } from '../test/support/shop.ts';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { workFolder } from './k6.ts';

/** Enough pieces that no suite sells an article out. */
const plenty = 150;
/** So light that no carrier finds three of them too heavy. */
const lightGrams = 2_000;
const wantedProducts = 10_000;

export interface ShopData {
  products: number;
  skus: string[];
  slugs: string[];
  words: string[];
  categories: string[];
}

/** An administrator's connection to the running shop; the caller ends it. Throws what to do if there is none. */
export function openShop(): Promise<Connection> {
  return openAdmin().catch((error: Error) => {
    throw new Error(`the shop's database does not answer (${error.message}): make up`);
  });
}

type Rows = Record<string, string | number>[];

/** Reads it from the tables, lays it where the suites look, and lets cart hear of each article. */
export async function prepareData(admin: Connection, anySize: boolean): Promise<ShopData> {
  const [[count]] = (await admin.query(
    "SELECT COUNT(*) AS products FROM catalog.products WHERE status = 'published'",
  )) as unknown as [Rows];
  const products = Number(count!.products);
  if (products < wantedProducts && !anySize) {
    throw new Error(
      `The shop has ${products} products; figures are taken with ${wantedProducts}: make seed SIZE=10k (or ANY_SIZE=1 for a trial)`,
    );
  }
  const column = async (sql: string, values: unknown[] = []) => {
    const [rows] = (await admin.query(sql, values)) as unknown as [Rows];
    return rows.map((row) => String(Object.values(row)[0]));
  };
  const data: ShopData = {
    products,
    skus: await column(
      `SELECT level.sku FROM inventory.stock_levels level JOIN catalog.variants variant ON variant.sku = level.sku
       WHERE level.on_hand - level.reserved >= ? AND variant.weight_grams <= ? AND variant.archived_at IS NULL
         AND level.sku NOT LIKE 'TEST-%'
       ORDER BY level.sku LIMIT 5000`,
      [plenty, lightGrams],
    ),
    slugs: await column(
      "SELECT slug FROM catalog.products WHERE status = 'published' AND slug NOT LIKE 'test-%' ORDER BY popularity DESC, id LIMIT 5000",
    ),
    words: [
      'lamp',
      'tea',
      'notebook',
      'harbour edition',
      'wool',
      'knife',
      'lantern',
      'saffron',
      'brass',
      'linen',
    ],
    categories: await column('SELECT slug FROM catalog.categories ORDER BY slug LIMIT 100'),
  };
  if (data.skus.length < 3) throw new Error(`fewer than three articles have ${plenty} pieces`);
  mkdirSync(workFolder, { recursive: true });
  writeFileSync(join(workFolder, 'data.json'), JSON.stringify(data));
  await nameAll(data.skus);
  return data;
}

/**
 * Begins carts with all articles, so that cart has their names at hand as it has after a quarter of an hour of selling;
 * else the first seconds of a measurement are about asking catalog for names.
 */
async function nameAll(skus: readonly string[]): Promise<void> {
  const carts = Array.from({ length: Math.ceil(skus.length / maxLines) }, (_, place) =>
    skus.slice(place * maxLines, (place + 1) * maxLines),
  ).values();
  const begin = async () => {
    for (const lines of carts) {
      const { status, body } = await send('POST', '/carts', {
        headers: { prefer: 'return=minimal' },
        body: { currency: 'EUR', items: lines.map((sku) => ({ sku, quantity: 1 })) },
      });
      if (status !== 201)
        throw new Error(`a cart with ${lines.length} articles: ${status} ${JSON.stringify(body)}`);
    }
  };
  await Promise.all([begin(), begin()]);
}
