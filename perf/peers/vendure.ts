/** Vendure as a peer: installed outside the tree, on the shop's MariaDB in a schema of its own, measured like Souk. */
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { adminAccount } from '../../tools/platform/mariadb-admin.ts';
import { cacheFolder, nodeBinary, root } from '../../tools/platform/paths.ts';
import { step } from '../../tools/platform/progress.ts';
import { runCommand } from '../../tools/platform/run-command.ts';
import { peerPorts } from '../bare/ports.ts';
import { type Running, startServer } from '../children.ts';
import type { HammerOrder } from '../hammer.ts';
import { runK6 } from '../k6.ts';
import type { Work } from '../measure.ts';
import { runHammer } from '../side-by-side.ts';
import { asLoad } from '../suites.ts';

const folder = join(cacheFolder, 'peers/vendure');
const database = 'souk_peer_vendure';
const installLimitMs = 600_000;
const seedLimitMs = 1_200_000;
const startLimitMs = 90_000;
const clients = 16;
const url = `http://127.0.0.1:${peerPorts.vendure}`;

/** Its administrator exists only while it is measured, on loopback. */
const password = 'only-for-a-measurement';

/** Puts Vendure's packages in the cache and our few files beside them. */
export async function installVendure(): Promise<void> {
  await step('vendure', async (tell) => {
    mkdirSync(folder, { recursive: true });
    const source = join(root, 'perf/peers/vendure');
    for (const file of readdirSync(source)) cpSync(join(source, file), join(folder, file));
    if (existsSync(join(folder, 'node_modules/@vendure/core/package.json'))) return 'there';
    await runCommand(['npm', 'install', '--no-audit', '--no-fund', '--omit=dev'], {
      cwd: folder,
      limitMs: installLimitMs,
      tell,
    });
    return 'installed';
  });
}

function environment(products: number): Record<string, string> {
  const account = adminAccount();
  return {
    NODE_ENV: 'production',
    PEER_PORT: `${peerPorts.vendure}`,
    PEER_DB_PORT: `${account.port}`,
    PEER_DB_USER: account.user,
    PEER_DB_PASSWORD: account.password ?? '',
    PEER_DB_NAME: database,
    PEER_PASSWORD: password,
    PEER_PRODUCTS: `${products}`,
  };
}

/** Fills an empty schema, unless it has as many products already. */
export async function seedVendure(admin: Connection, products: number): Promise<void> {
  if ((await countOf(admin)) === products) return;
  await admin.query(`DROP DATABASE IF EXISTS ${database}`);
  await admin.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  await step(`vendure, ${products} products`, async (tell) => {
    const env = environment(products);
    await runCommand([nodeBinary, 'seed.cjs'], { cwd: folder, env, limitMs: seedLimitMs, tell });
    // One job a product, which the whole reindexing makes needless.
    await admin.query(`DELETE FROM ${database}.job_record`);
    await reindex(products);
  });
}

async function countOf(admin: Connection): Promise<number> {
  try {
    const [rows] = (await admin.query(
      `SELECT COUNT(*) AS indexed FROM ${database}.search_index_item`,
    )) as unknown as [{ indexed: number }[]];
    return Number(rows[0]!.indexed);
  } catch {
    // No such schema yet.
    return 0;
  }
}

/** Server and worker. */
export async function startVendure(products: number): Promise<{ server: Running; worker: Running }> {
  const start = (file: string) =>
    startServer([nodeBinary, file], { cwd: folder, env: environment(products), limitMs: startLimitMs });
  const server = await start('server.cjs');
  try {
    return { server, worker: await start('worker.cjs') };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Lets the worker fill the table that its search reads. */
async function reindex(products: number): Promise<void> {
  const { server, worker } = await startVendure(products);
  try {
    const login = await ask(
      'admin-api',
      `mutation { login(username: "superadmin", password: "${password}") { __typename } }`,
    );
    const begun = await ask('admin-api', 'mutation { reindex { id } }', login.token);
    const { id } = begun.data.reindex as { id: string };
    const endMs = Date.now() + seedLimitMs;
    for (;;) {
      const { data } = await ask('admin-api', `{ job(jobId: "${id}") { state } }`, login.token);
      const { state } = data.job as { state: string };
      if (state === 'COMPLETED') return;
      if (state === 'FAILED' || Date.now() > endMs) throw new Error(`Vendure's search index: ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  } finally {
    await worker.stop();
    await server.stop();
  }
}

async function ask(api: 'admin-api' | 'shop-api', query: string, token?: string) {
  const response = await fetch(`${url}/${api}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(30_000),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
  if (errors) throw new Error(`Vendure refuses ${query}: ${JSON.stringify(errors)}`);
  return { data, token: response.headers.get('vendure-auth-token') ?? token };
}

const listQuery =
  '{ search(input: { take: 20, groupByProduct: true }) { totalItems items { productId slug productName priceWithTax { ... on PriceRange { min max } } } } }';
const detailQuery = (place: number) =>
  `{ product(slug: "product-${place}") { id name slug description variants { id sku name priceWithTax stockLevel options { name } } } }`;
const addQuery = (id: number) =>
  `mutation { addItemToOrder(productVariantId: "${id}", quantity: 1) { ... on Order { id code totalWithTax lines { id quantity } } ... on ErrorResult { errorCode } } }`;

/** The same four works as the shop's, in the same order. */
export async function vendureWorks(
  pids: { server: number; worker: number },
  { products, seconds }: { products: number; seconds: number },
): Promise<Work[]> {
  const { data } = await ask('shop-api', listQuery);
  if ((data.search as { items: unknown[] }).items.length !== 20)
    throw new Error("Vendure's search finds no 20 products");
  const many = Array.from({ length: 500 }, (_, place) => (place * 7) % products);
  const work = (name: string, run: Work['run']): Work => ({
    name,
    side: 'peer',
    children: { 'vendure server': pids.server, 'vendure worker': pids.worker },
    countShop: ['mariadb'],
    run,
  });
  const hammered = (name: string, queries: string[]) => {
    const requests: HammerOrder['requests'] = queries.map((query) => ({
      method: 'POST',
      path: '/shop-api',
      body: { query },
    }));
    return work(name, () =>
      runHammer({ port: peerPorts.vendure, connections: clients, seconds, requests, status: 200 }),
    );
  };
  return [
    hammered('vendure list of 20', [listQuery]),
    hammered('vendure product detail', many.map(detailQuery)),
    hammered(
      "vendure new guest's first item",
      many.map((place) => addQuery(place + 1)),
    ),
    work('vendure guest checkout', async () =>
      asLoad(
        await runK6(
          '../peers/vendure/checkout',
          {
            PEER_URL: `${url}/shop-api`,
            PEER_PRODUCTS: `${products}`,
            CLIENTS: `${clients}`,
            SECONDS: `${seconds}`,
          },
          (seconds + 60) * 1_000,
        ),
      ),
    ),
  ];
}

/** Removes its schema; the packages stay in the cache. */
export async function dropVendure(admin: Connection): Promise<void> {
  await admin.query(`DROP DATABASE IF EXISTS ${database}`);
}
