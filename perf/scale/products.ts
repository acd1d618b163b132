/** Ten times the products: the same requests by 16 clients to a catalogue of 10,000 and to one of 100,000. */
import { ports } from '@souk/contracts/ports';
import type { Connection } from 'mysql2/promise';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import { say } from '../../tools/platform/progress.ts';
import { sampleTraces, untilAtRest } from '../counters.ts';
import { measure, type Round } from '../measure.ts';
import { traceShare } from '../run-facts.ts';
import { line, runHammer } from '../side-by-side.ts';
import { type Growth, growthOf, tries } from './growth.ts';
import { onKeptData, souk } from './kept-data.ts';
import { drawRequests, type Kind } from './requests.ts';

const clients = 16;
const seconds = Number(process.env.SECONDS || 4);
const rounds = Number(process.env.ROUNDS || 2);
const from = process.env.FROM || '10k';
const to = process.env.TO || '100k';

export interface GrownProducts {
  before: number;
  after: number;
  seedSeconds: number;
  kinds: Growth[];
  rounds: Round[];
}

/** Measures at both sizes in one run; the shop has its own products again afterwards. */
export function growProducts(): Promise<GrownProducts> {
  return onKeptData(async () => {
    await souk('seed', { SIZE: from });
    let admin = await openAdmin();
    const kinds = await drawRequests(admin);
    const before = await publishedIn(admin);
    const small = await measureAll(admin, kinds, `${from}: `);
    await admin.end();
    const begunMs = performance.now();
    await souk('seed', { SIZE: to });
    const seedSeconds = (performance.now() - begunMs) / 1_000;
    admin = await openAdmin();
    const after = await publishedIn(admin);
    const large = await measureAll(admin, kinds, `${to}: `);
    await admin.end();
    return {
      before,
      after,
      seedSeconds,
      kinds: kinds.map(({ requests, ...kind }) => growthOf({ ...kind, small, large })),
      rounds: [...small, ...large],
    };
  });
}

async function publishedIn(db: Connection): Promise<number> {
  const [[row]] = (await db.query(
    "SELECT COUNT(*) AS count FROM catalog.products WHERE status = 'published'",
  )) as unknown as [{ count: number }[]];
  return Number(row!.count);
}

async function measureAll(admin: Connection, kinds: Kind[], label: string): Promise<Round[]> {
  const restore = await sampleTraces(traceShare);
  const found: Round[] = [];
  try {
    await untilAtRest(admin);
    // Uncompiled code is no measure.
    for (const { requests } of kinds) await runHammer({ ...order, requests, seconds: 2 });
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, requests } of kinds) {
        const run = () => runHammer({ ...order, requests, seconds });
        found.push(await measure(admin, { name: label + name, side: 'shop', run }, tries));
        say(line(found.at(-1)!));
      }
    }
  } finally {
    await restore();
  }
  return found;
}

const order = { port: ports.ingress, connections: clients, status: 200 };
