/**
 * `make perf-peers`: Souk and Vendure, the same four works in turns on the same machine, with as many products (PRODUCTS;
 * the shop's own number if it is not given). The result goes to perf/results/<date>-peers.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { root } from '../tools/platform/paths.ts';
import { say } from '../tools/platform/progress.ts';
import { sampleTraces, untilAtRest } from './counters.ts';
import { prepareData } from './data.ts';
import { ensureK6 } from './k6.ts';
import { measure, type Round } from './measure.ts';
import { dropVendure, installVendure, seedVendure, startVendure, vendureWorks } from './peers/vendure.ts';
import { aboutRun, traceShare } from './run-facts.ts';
import { line, shopWorks } from './side-by-side.ts';

const { PRODUCTS, ANY_SIZE } = process.env;
const seconds = Number(process.env.SECONDS || 15);
const times = Number(process.env.ROUNDS || 3);

await ensureK6();
await installVendure();
const admin = await openAdmin();
const restore = await sampleTraces(traceShare);
const rounds: Round[] = [];
try {
  const data = await prepareData(admin, ANY_SIZE === '1');
  const products = Number(PRODUCTS || data.products);
  await seedVendure(admin, products);
  await untilAtRest(admin);
  const facts = await aboutRun(data);
  const { server, worker } = await startVendure(products);
  try {
    const souk = shopWorks(data, seconds);
    const vendure = await vendureWorks({ server: server.pid, worker: worker.pid }, { products, seconds });
    for (let round = 1; round <= times; round += 1) {
      for (const work of souk.flatMap((each, place) => [each, vendure[place]!])) {
        rounds.push(await measure(admin, work));
        say(line(rounds.at(-1)!));
      }
    }
  } finally {
    await worker.stop();
    await server.stop();
  }
  mkdirSync(join(root, 'perf/results'), { recursive: true });
  const file = `perf/results/${facts.at.slice(0, 19).replaceAll(':', '')}-peers.json`;
  writeFileSync(
    join(root, file),
    `${JSON.stringify({ ...facts, peerProducts: products, rounds }, null, 1)}\n`,
  );
  say(`written: ${file}`);
  if (process.env.KEEP !== '1') await dropVendure(admin);
} finally {
  await restore();
  await admin.end();
}
