/** Which rows that readers see have just changed, whoever changed them: every table of them keeps the time (`changed_at`). */
import type { Database } from '@souk/kit/db';

export interface ChangedRow {
  /** Where it stands; `tree` is one row that says how many categories there are: one that is deleted leaves no other trace. */
  place: 'stock' | 'price' | 'product' | 'listing' | 'category' | 'tree';
  /** Of stock a SKU, else the id of a product or category: a first price is of a SKU that no answer names yet. */
  name: string;
  /** Differs after each change: a time to the microsecond, as text. */
  mark: string;
}

/** As many as are told apart; with more, everything counts as changed. */
export const maxChangedRows = 2_000;

/** How far a look goes back: a row is seen at its commit, some seconds after it was written. */
export const lookBackMs = 10_000;

/** Rows changed within the last {@link lookBackMs}; whoever looks often gets a row more than once. */
export async function selectChanged(db: Database): Promise<ChangedRow[]> {
  const [rows] = await db.raw(
    `SELECT 'stock' AS place, sku AS name, CAST(changed_at AS CHAR) AS mark FROM variant_stock WHERE changed_at > NOW(6) - INTERVAL 10 SECOND
     UNION ALL SELECT 'price', variant.product_id, price.changed_at FROM variant_prices price
       JOIN variants variant ON variant.sku = price.sku WHERE price.changed_at > NOW(6) - INTERVAL 10 SECOND
     UNION ALL SELECT 'product', id, changed_at FROM products WHERE changed_at > NOW(6) - INTERVAL 10 SECOND
     UNION ALL SELECT 'listing', product_id, changed_at FROM listings WHERE changed_at > NOW(6) - INTERVAL 10 SECOND
     UNION ALL SELECT 'category', id, changed_at FROM categories WHERE changed_at > NOW(6) - INTERVAL 10 SECOND
     UNION ALL SELECT 'tree', '', COUNT(*) FROM categories
     LIMIT ?`,
    [maxChangedRows],
  );
  return rows;
}

/** The products among them, of which anything in lists has changed; one row each, one more than `limit` at most. */
export async function selectChangedProducts(db: Database, limit: number): Promise<ChangedRow[]> {
  const [rows] = await db.raw(
    `SELECT 'product' AS place, id AS name, CAST(MAX(changed_at) AS CHAR) AS mark FROM (
       SELECT id, changed_at FROM products WHERE changed_at > NOW(6) - INTERVAL 10 SECOND
       UNION ALL SELECT product_id, changed_at FROM listings WHERE changed_at > NOW(6) - INTERVAL 10 SECOND) changed
     GROUP BY id LIMIT ?`,
    [limit + 1],
  );
  return rows;
}
