/** What a guest cannot see: articles made for a test, the tables, and the provider's ledger. */
import { randomBytes } from 'node:crypto';
import { heardBy } from '@souk/contracts/events';
import { ports, type ServiceName } from '@souk/contracts/ports';
import { type Database, openDatabase } from '@souk/kit/db';
import { adminAccount } from '../../tools/platform/mariadb-admin.ts';
import { stack } from '../../tools/platform/paths.ts';
import { currentSecret, ensureSecrets } from '../../tools/platform/secrets.ts';
import { addCategories, addProducts } from '../../tools/seed/catalog-store.ts';
import { loadShop } from '../../tools/seed/catalogue.ts';
import { addStock } from '../../tools/seed/inventory-store.ts';
import { addPrices } from '../../tools/seed/pricing-store.ts';
import { untilMeshIsUp } from './mesh.ts';
import { eventually, type Json, send } from './shop.ts';

const pools = new Map<ServiceName, Database>();

/** A service's own schema, with all rights. */
export function schema(service: ServiceName): Database {
  const known = pools.get(service);
  if (known) return known;
  const made = openDatabase({ ...adminAccount(), database: service, poolSize: 4 });
  pools.set(service, made);
  return made;
}

/** Closes what {@link schema} opened. */
export async function closeBackRoom(): Promise<void> {
  await Promise.all([...pools.values()].map((pool) => pool.destroy()));
  pools.clear();
}

export interface Article {
  sku: string;
  slug: string;
}

/** A new published article with its own stock, so that a test shares it with nobody. Price in minor units. */
export async function newArticle({
  stock,
  price = 1_000,
}: {
  stock: number;
  price?: number;
}): Promise<Article> {
  const sku = `TEST-${randomBytes(5).toString('hex').toUpperCase()}`;
  const shop = loadShop();
  const sample = shop.products[0]!;
  const slug = sku.toLowerCase();
  const variant = { sku, options: {}, weightGrams: 300, prices: { EUR: price, USD: price }, stock };
  const product = { ...sample, slug, name: `Test article ${sku}`, popularity: 0, variants: [variant] };
  const prices = await addPrices(schema('pricing'), [product]);
  const levels = await addStock(schema('inventory'), [product]);
  const categories = await addCategories(schema('catalog'), shop.categories);
  await addProducts(schema('catalog'), [product], { categories, prices, stock: levels });
  return { sku, slug };
}

/** What inventory knows of a SKU. */
export async function stockOf(sku: string): Promise<{ onHand: number; reserved: number }> {
  const row = await schema('inventory')('stock_levels').select('on_hand', 'reserved').where({ sku }).first();
  return { onHand: row.on_hand, reserved: row.reserved };
}

/** Every movement of money that the provider has noted for these orders. */
export async function providerLedger(orderIds: ReadonlySet<string>): Promise<Json[]> {
  const items: Json[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: Json = await provider('GET', `/v1/ledger?after=${after}&limit=500`);
    items.push(...page.items.filter((line: Json) => orderIds.has(line.orderId)));
    after = page.next;
  }
  return items;
}

/** One request to the payment simulator, e.g. PUT /control. */
export async function provider(method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(`http://127.0.0.1:${ports.pspSimulator}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${currentSecret('psp-api-key')}`,
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(5_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`provider ${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

async function subscriptionsOf(daprHttp: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${daprHttp}/v1.0/metadata`, {
    headers: { 'dapr-api-token': ensureSecrets().platform['dapr-api-token'] },
    signal: AbortSignal.timeout(2_000),
  });
  const { subscriptions = [] } = (await response.json()) as { subscriptions?: unknown[] };
  return subscriptions.length;
}

/** Waits until the shop answers at the ingress and every service is ready. */
export async function untilShopIsUp(withinMs = 60_000): Promise<void> {
  if (stack === 'mesh') return untilMeshIsUp();
  await eventually(async () => {
    const { serviceNames, portsOf } = await import('@souk/contracts/ports');
    for (const service of serviceNames) {
      const { app, daprHttp } = portsOf(service);
      const ready = await fetch(`http://127.0.0.1:${app}/readyz`, { signal: AbortSignal.timeout(1_000) });
      if (ready.status !== 200) throw new Error(`${service} is not ready`);
      const sidecar = await fetch(`http://127.0.0.1:${daprHttp}/v1.0/healthz`, {
        signal: AbortSignal.timeout(1_000),
      });
      if (sidecar.status !== 204) throw new Error(`${service}'s sidecar is not ready`);
      if (heardBy(service).length > 0 && (await subscriptionsOf(daprHttp)) === 0)
        throw new Error(`${service}'s sidecar hears nothing`);
    }
    return (await send('GET', '/categories')).status === 200;
  }, withinMs);
}
