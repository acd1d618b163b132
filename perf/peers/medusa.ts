/** Medusa as a peer: one process on a PostgreSQL of its own. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary } from '../../tools/platform/paths.ts';
import { step } from '../../tools/platform/progress.ts';
import { peerPorts } from '../bare/ports.ts';
import { mustRun, type Running, startServer } from '../children.ts';
import type { HammerRequest } from '../hammer.ts';
import { workFolder } from '../k6.ts';
import type { Work } from '../measure.ts';
import { folderOf, fourWorks, installPeer, type Peer, type Setting } from './peer.ts';
import { dropPostgres, installPostgres, type Postgres, startPostgres } from './postgres.ts';

const folder = folderOf('medusa');
/** Of its database and of the account that owns it. */
const account = 'medusa';
const migrateLimitMs = 300_000;
const seedLimitMs = 1_200_000;
const startLimitMs = 90_000;
const answerLimitMs = 30_000;
const url = `http://127.0.0.1:${peerPorts.medusa}/store`;
const secret = randomBytes(32).toString('hex');

export const medusa: Peer = {
  name: 'medusa',
  async install() {
    await step('postgresql', installPostgres);
    await installPeer('medusa');
  },
  async open(setting) {
    const postgres = await startPostgres(peerPorts.medusaDatabase);
    const begun: Running[] = [postgres];
    const close = async () => {
      for (const server of begun.toReversed()) await server.stop();
    };
    try {
      const env = environment(await seed(postgres, setting.products), setting.products);
      const server = await startServer([nodeBinary, 'server.js'], {
        cwd: folder,
        env,
        limitMs: startLimitMs,
      });
      begun.push(server);
      const works = await worksOf(server, postgres, setting);
      return { works, servers: [server], close, drop: dropPostgres };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

const environment = (databaseUrl: string, products: number): Record<string, string> => ({
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  // It would tell its makers that it was started.
  MEDUSA_DISABLE_TELEMETRY: 'true',
  PEER_PORT: `${peerPorts.medusa}`,
  PEER_DB_URL: databaseUrl,
  PEER_SECRET: secret,
  PEER_PRODUCTS: `${products}`,
});

/** Fills an empty database, unless it has as many products already; answers its address. */
async function seed(postgres: Postgres, products: number): Promise<string> {
  const databaseUrl = await postgres.admit(account);
  if ((await filled(postgres)) === products) return databaseUrl;
  await postgres.ask(`DROP DATABASE ${account}`);
  const emptyUrl = await postgres.admit(account);
  await step(`medusa, ${products} products`, async (tell) => {
    const env = environment(emptyUrl, products);
    const command = (...words: string[]) => [nodeBinary, 'node_modules/@medusajs/cli/cli.js', ...words];
    await mustRun(command('db:migrate'), { cwd: folder, env, limitMs: migrateLimitMs, tell });
    await mustRun(command('exec', 'seed.js'), { cwd: folder, env, limitMs: seedLimitMs, tell });
    const there = await filled(postgres);
    if (there !== products) throw new Error(`Medusa has ${there} products after seeding`);
  });
  return emptyUrl;
}

/** Products with stock. */
const filled = (postgres: Postgres): Promise<number> =>
  postgres.ask('SELECT COUNT(*) FROM inventory_level', account).then(
    Number,
    // No such table yet.
    () => 0,
  );

interface Shop {
  key: string;
  region: string;
  products: { id: string; variant: string }[];
}

/** What a client of its storefront must know. */
async function readShop(postgres: Postgres): Promise<Shop> {
  const sql = `SELECT json_build_object(
    'key', (SELECT token FROM api_key WHERE title = 'peer'),
    'region', (SELECT id FROM region),
    'products', (SELECT json_agg(json_build_object('id', product.id, 'variant', product_variant.id) ORDER BY product.id)
      FROM product JOIN product_variant ON product_variant.product_id = product.id))`;
  return JSON.parse(await postgres.ask(sql, account)) as Shop;
}

const listFields = 'id,handle,title,variants.id,*variants.calculated_price';
const detailFields =
  'id,handle,title,description,variants.id,variants.sku,variants.title,*variants.options,*variants.calculated_price,+variants.inventory_quantity';

/** Looks at one answer of each kind, then says what is to be measured. */
async function worksOf(server: Running, postgres: Postgres, { seconds }: Setting): Promise<Work[]> {
  const shop = await readShop(postgres);
  const headers = { 'x-publishable-api-key': shop.key };
  const got = (path: string) => ({ method: 'GET' as const, path: `/store${path}`, headers });
  const list = got(`/products?limit=20&region_id=${shop.region}&fields=${listFields}`);
  const many = Array.from({ length: 500 }, (_, place) => shop.products[(place * 7) % shop.products.length]!);
  const detail = many.map(({ id }) => got(`/products/${id}?region_id=${shop.region}&fields=${detailFields}`));
  const firstItem = many.map(({ variant }) => ({
    method: 'POST' as const,
    path: '/store/carts',
    headers,
    body: { region_id: shop.region, items: [{ variant_id: variant, quantity: 1 }] },
  }));
  await expectAnswer(list, ({ products }) => products?.length === 20 && products.every(hasPrice));
  await expectAnswer(
    detail[1]!,
    ({ product }) => product !== undefined && hasPrice(product) && hasStock(product),
  );
  await expectAnswer(firstItem[1]!, ({ cart }) => cart?.items.length === 1 && cart.total > 0);
  mkdirSync(workFolder, { recursive: true });
  const dataFile = join(workFolder, 'medusa.json');
  writeFileSync(dataFile, JSON.stringify(shop));
  return fourWorks({
    name: 'medusa',
    port: peerPorts.medusa,
    seconds,
    children: { 'medusa server': server.pid, postgresql: postgres.pid },
    countStatements: postgres.countStatements,
    list: [list],
    detail,
    firstItem,
    checkout: { PEER_URL: url, PEER_DATA: dataFile },
  });
}

interface Answer {
  products?: Product[];
  product?: Product;
  cart?: { items: unknown[]; total: number };
}

interface Product {
  variants: { calculated_price?: { calculated_amount: number }; inventory_quantity?: number }[];
}

const hasPrice = ({ variants }: Product) => (variants[0]?.calculated_price?.calculated_amount ?? 0) > 0;

const hasStock = ({ variants }: Product) => (variants[0]?.inventory_quantity ?? 0) > 0;

async function expectAnswer(
  { method, path, headers, body }: HammerRequest,
  isRight: (answer: Answer) => boolean,
): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${peerPorts.medusa}${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerLimitMs),
  });
  const text = await response.text();
  if (response.status !== 200 || !isRight(JSON.parse(text) as Answer))
    throw new Error(`Medusa answers ${method} ${path} with ${response.status}: ${text.slice(0, 2_000)}`);
}
