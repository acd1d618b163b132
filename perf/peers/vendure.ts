/** Vendure as a peer: on the shop's MariaDB in a schema of its own, one server and one worker. */
import type { Connection } from 'mysql2/promise';
import { adminAccount } from '../../tools/platform/mariadb-admin.ts';
import { nodeBinary } from '../../tools/platform/paths.ts';
import { step } from '../../tools/platform/progress.ts';
import { peerPorts } from '../bare/ports.ts';
import { mustRun, type Running, startServer } from '../children.ts';
import type { Work } from '../measure.ts';
import { folderOf, fourWorks, installPeer, type Peer, type Setting } from './peer.ts';

const folder = folderOf('vendure');
const database = 'souk_peer_vendure';
const seedLimitMs = 1_200_000;
const startLimitMs = 90_000;
const url = `http://127.0.0.1:${peerPorts.vendure}`;

/** Its administrator exists only while it is measured, on loopback. */
const password = 'only-for-a-measurement';

export const vendure: Peer = {
  name: 'vendure',
  install: () => installPeer('vendure'),
  async open(setting) {
    const { admin, products } = setting;
    await seed(admin, products);
    const servers = await start(products);
    const close = async () => {
      for (const server of servers.toReversed()) await server.stop();
    };
    try {
      return {
        works: await works(servers, setting),
        servers,
        close,
        drop: async () => void (await admin.query(`DROP DATABASE IF EXISTS ${database}`)),
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

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

async function seed(admin: Connection, products: number): Promise<void> {
  if ((await countOf(admin)) === products) return;
  await admin.query(`DROP DATABASE IF EXISTS ${database}`);
  await admin.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  await step(`vendure, ${products} products`, async (tell) => {
    const env = environment(products);
    await mustRun([nodeBinary, 'seed.cjs'], { cwd: folder, env, limitMs: seedLimitMs, tell });
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
async function start(products: number): Promise<Running[]> {
  const run = (file: string) =>
    startServer([nodeBinary, file], { cwd: folder, env: environment(products), limitMs: startLimitMs });
  const server = await run('server.cjs');
  try {
    return [server, await run('worker.cjs')];
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Lets the worker fill the table that its search reads. */
async function reindex(products: number): Promise<void> {
  const servers = await start(products);
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
    for (const server of servers.toReversed()) await server.stop();
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

/** Looks at one answer of each kind, then says what is to be measured. */
async function works(servers: Running[], { products, seconds }: Setting): Promise<Work[]> {
  const { data } = await ask('shop-api', listQuery);
  if ((data.search as { items: unknown[] }).items.length !== 20)
    throw new Error("Vendure's search finds no 20 products");
  const detail = await ask('shop-api', detailQuery(7));
  if ((detail.data.product as { variants: unknown[] } | null)?.variants.length !== 1)
    throw new Error('Vendure shows no product');
  const added = await ask('shop-api', addQuery(8));
  if ((added.data.addItemToOrder as { lines?: unknown[] }).lines?.length !== 1)
    throw new Error('Vendure adds no article');
  const many = Array.from({ length: 500 }, (_, place) => (place * 7) % products);
  const posted = (query: string) => ({ method: 'POST' as const, path: '/shop-api', body: { query } });
  const [server, worker] = servers;
  return fourWorks({
    name: 'vendure',
    port: peerPorts.vendure,
    seconds,
    children: { 'vendure server': server!.pid, 'vendure worker': worker!.pid },
    countShop: ['mariadb'],
    list: [posted(listQuery)],
    detail: many.map((place) => posted(detailQuery(place))),
    firstItem: many.map((place) => posted(addQuery(place + 1))),
    checkout: { PEER_URL: `${url}/shop-api`, PEER_PRODUCTS: `${products}` },
  });
}
