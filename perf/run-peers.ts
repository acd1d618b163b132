/**
 * `make perf-peers`: Souk and its peers, the same four works in turns on the same machine. PEERS=vendure,medusa chooses;
 * PRODUCTS is how many the peers have (the shop's own number if it is not given); SECONDS and ROUNDS size it; KEEP=1 leaves the
 * peers' data for the next time; TRIAL=1, ANY_SIZE=1 and REPORT=1 as in `make perf`. Writes perf/results/<date>-peers.json.
 */
import type { Connection } from 'mysql2/promise';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { say, step } from '../tools/platform/progress.ts';
import { sampleTraces, untilAtRest } from './counters.ts';
import { prepareData } from './data.ts';
import { ensureK6 } from './k6.ts';
import { measure, type Round, type Work } from './measure.ts';
import { medusa } from './peers/medusa.ts';
import { type OpenPeer, type Peer, versionOf } from './peers/peer.ts';
import { type PeersRun, writeBeside } from './peers/report.ts';
import { vendure } from './peers/vendure.ts';
import { aboutRun, traceShare } from './run-facts.ts';
import { line, shopWorks } from './side-by-side.ts';
import { failFor, judged, writeResult } from './write-result.ts';

const { PEERS, PRODUCTS, ANY_SIZE, KEEP, REPORT } = process.env;
const seconds = Number(process.env.SECONDS || 15);
const times = Number(process.env.ROUNDS || 3);
const all: readonly Peer[] = [vendure, medusa];

async function main(): Promise<void> {
  const chosen = chosenPeers(PEERS || undefined);
  await ensureK6();
  for (const peer of chosen) await peer.install();
  const admin = await openAdmin();
  const restore = await sampleTraces(traceShare);
  const open: OpenPeer[] = [];
  try {
    const data = await prepareData(admin, ANY_SIZE === '1');
    const products = Number(PRODUCTS || data.products);
    for (const peer of chosen) {
      await step(`${peer.name} is open`, async () => {
        open.push(await peer.open({ admin, products, seconds }));
        setAside(open.at(-1)!);
      });
    }
    await untilAtRest(admin);
    const versions = Object.fromEntries(chosen.map(({ name }) => [name, versionOf(name)]));
    const facts = { ...(await aboutRun(data)), peerProducts: products, peers: versions };
    finish({ ...facts, seconds, rounds: await inTurns(admin, shopWorks(data, seconds), open) });
  } finally {
    for (const { close } of open.toReversed()) await close();
    if (KEEP !== '1') for (const { drop } of open) await drop();
    await restore();
    await admin.end();
  }
}

function chosenPeers(wanted: string | undefined): Peer[] {
  if (!wanted) return [...all];
  const names = wanted.split(',').map((name) => name.trim());
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no peer ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return all.filter(({ name }) => names.includes(name));
}

/** A peer whose turn it is not stands still: what it polls for, or still has to do, is not put on another's bill. */
function setAside({ servers }: OpenPeer): void {
  for (const server of servers) server.pause();
}

async function inTurns(admin: Connection, shop: Work[], peers: readonly OpenPeer[]): Promise<Round[]> {
  const rounds: Round[] = [];
  const take = async (work: Work) => {
    rounds.push(await measure(admin, work));
    say(line(rounds.at(-1)!));
  };
  for (let round = 1; round <= times; round += 1) {
    for (const [place, own] of shop.entries()) {
      await take(own);
      for (const peer of peers) {
        for (const server of peer.servers) server.goOn();
        await take(peer.works[place]!);
        setAside(peer);
      }
    }
  }
  return rounds;
}

function finish(begun: PeersRun): void {
  const run = judged(begun, begun.rounds);
  const file = writeResult(run, 'peers');
  const isWhole = Object.keys(run.peers).length === all.length;
  if ((run.isMeasurement && isWhole) || REPORT === '1') writeBeside(run, file);
  const wrong = run.rounds.filter(({ errors }) => errors > 0);
  failFor(
    'Wrong answers',
    wrong.map(({ name, errors }) => `${name}: ${errors}`),
  );
}

await main();
