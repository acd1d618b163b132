/** Souk's requests beside the same work done bare, in turns: what one machine does at one time can be compared. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import type { Connection } from 'mysql2/promise';
import { adminAccount } from '../tools/platform/mariadb-admin.ts';
import { nodeBinary, root } from '../tools/platform/paths.ts';
import { say } from '../tools/platform/progress.ts';
import { barePorts } from './bare/ports.ts';
import { dropBareSchema, makeBareSchema } from './bare/schema.ts';
import { runToEnd, startServer } from './children.ts';
import type { ShopData } from './data.ts';
import type { Hammered, HammerOrder } from './hammer.ts';
import { workFolder } from './k6.ts';
import { type Load, measure, type Round, type Work } from './measure.ts';
import { runSuite, suites } from './suites.ts';

const clients = 16;
const hammerGraceMs = 30_000;
const startLimitMs = 20_000;

/** Runs the hammer as a process of its own, so that its processor time is its own. */
export async function runHammer(order: HammerOrder): Promise<Load> {
  // By a file: one argument may have 128 KiB at most, and an access token is for nobody's list of processes.
  mkdirSync(workFolder, { recursive: true });
  const orderFile = join(workFolder, 'hammer.json');
  writeFileSync(orderFile, JSON.stringify(order), { mode: 0o600 });
  const { stdout, stderr, code } = await runToEnd([nodeBinary, join(root, 'perf/hammer.ts'), orderFile], {
    limitMs: order.seconds * 1_000 + hammerGraceMs,
  });
  if (code !== 0) throw new Error(`the hammer broke: ${stderr}`);
  const { meanBytes, maxMs, refused, refusedP95Ms, dropped, ...figures } = JSON.parse(stdout) as Hammered;
  return {
    ...figures,
    missed: figures.errors > 0 ? ['errors == 0'] : [],
    details: {
      requests: figures.units + figures.errors + refused,
      meanBytes,
      maxMs,
      ...(order.refusals && { refused, refusedP95Ms }),
      ...(order.rate && { dropped }),
    },
  };
}

/** How lists and pages are asked for at the ingress. */
export const market = 'currency=EUR&country=DE';
export const api = '/api/v1';

/** GETs through the ingress, and a guest's first article in the cart. */
export function shopWorks({ slugs, skus }: ShopData, seconds: number): Work[] {
  const hammered = (name: string, requests: HammerOrder['requests'], status = 200): Work => ({
    name,
    side: 'shop',
    run: () => runHammer({ port: ports.ingress, connections: clients, seconds, requests, status }),
  });
  const checkout = suites.find(({ name }) => name === 'checkout')!;
  return [
    hammered('souk list of 20', [{ method: 'GET', path: `${api}/products?${market}&limit=20` }]),
    hammered(
      'souk product detail',
      slugs.slice(0, 500).map((slug) => ({ method: 'GET', path: `${api}/products/${slug}?${market}` })),
    ),
    hammered(
      "souk new guest's first item",
      skus.slice(0, 500).map((sku) => ({
        method: 'POST',
        path: `${api}/carts`,
        body: { currency: 'EUR', items: [{ sku, quantity: 1 }] },
      })),
      201,
    ),
    {
      name: 'souk guest checkout',
      side: 'shop',
      run: () => runSuite(checkout, { SECONDS: `${seconds}`, CLIENTS: `${clients}` }),
    },
  ];
}

/** The same without a shop. `pid` is the bare server's. */
export function bareWorks(pid: number, products: number, seconds: number): Work[] {
  const bare = (name: string, order: Pick<HammerOrder, 'port' | 'requests' | 'status'>): Work => ({
    name,
    side: 'bare',
    children: { server: pid },
    countShop: order.port === barePorts.plain ? [] : ['mariadb'],
    run: () => runHammer({ connections: clients, seconds, ...order }),
  });
  const anyId = (place: number) => 1 + ((place * 7_919) % products);
  const many = Array.from({ length: 500 }, (_, place) => place);
  return [
    bare('bare static', {
      port: barePorts.plain,
      status: 200,
      requests: [{ method: 'GET', path: '/' }],
    }),
    bare('bare list of 20', {
      port: barePorts.express,
      status: 200,
      requests: many.map((place) => ({ method: 'GET', path: `/products?after=${anyId(place) - 1}` })),
    }),
    bare('bare row by id', {
      port: barePorts.express,
      status: 200,
      requests: many.map((place) => ({ method: 'GET', path: `/products/${anyId(place)}` })),
    }),
    bare('bare order transaction', {
      port: barePorts.express,
      status: 201,
      requests: many.map((place) => ({
        method: 'POST',
        path: '/orders',
        body: { products: [anyId(place), anyId(place + 1), anyId(place + 2)] },
      })),
    }),
  ];
}

export interface SideBySide {
  admin: Connection;
  data: ShopData;
  rounds: number;
  seconds: number;
}

/** Runs a bare server on a schema of its own, with at least as many products as the shop has; both end with the use. */
export async function withBareServer<Result>(
  admin: Connection,
  shopProducts: number,
  use: (pid: number, products: number) => Promise<Result>,
): Promise<Result> {
  const products = Math.max(1_000, shopProducts);
  const { user, password, port } = adminAccount();
  await makeBareSchema(admin, products);
  const server = await startServer([nodeBinary, join(root, 'perf/bare/server.ts')], {
    cwd: root,
    limitMs: startLimitMs,
    env: {
      NODE_ENV: 'production',
      SOUK_BARE_PORT: `${port}`,
      SOUK_BARE_USER: user,
      SOUK_BARE_PASSWORD: password ?? '',
    },
  });
  try {
    return await use(server.pid, products);
  } finally {
    await server.stop();
    await dropBareSchema(admin);
  }
}

/** Every work of both sides, round after round, one of each in turn. */
export function compareWithBare({ admin, data, rounds, seconds }: SideBySide): Promise<Round[]> {
  return withBareServer(admin, data.products, async (pid, products) => {
    const found: Round[] = [];
    const shop = shopWorks(data, seconds);
    const bare = bareWorks(pid, products, seconds);
    for (let round = 1; round <= rounds; round += 1) {
      for (const work of shop.flatMap((each, place) => [each, bare[place]!])) {
        found.push(await measure(admin, work));
        say(line(found.at(-1)!));
      }
    }
    return found;
  });
}

/** Requests at the ingress that were not ours, if they are more than a few; the provider's webhooks come that way too. */
function strangers({ side, counted, details }: Round): string {
  const others = counted.requests - (details.requests ?? 0);
  return side === 'shop' && others > 50 ? `, ${others} requests of others` : '';
}

/** One round as a line for people. */
export function line(round: Round): string {
  const { name, perSecond, p50Ms, p95Ms, p99Ms, cpuMsPerUnit, generatorCores, foreignCores, missed } = round;
  const times = [p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(1)).join(' / ');
  return `${name}: ${perSecond.toFixed(1)}/s, ${times} ms, CPU ${cpuMsPerUnit.toFixed(2)} ms, generator ${generatorCores.toFixed(2)}, foreign ${foreignCores.toFixed(2)} core${strangers(round)}${missed.length > 0 ? `; MISSED ${missed.join(', ')}` : ''}`;
}
