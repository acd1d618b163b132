/**
 * `make elasticity`: one, two and four pods of catalog and of orders in the mesh, each held to a part of a processor, so
 * that the machine has room for four of them and the rest of the shop. Writes perf/results/<date>-elasticity.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { kubectl, type MeshPod, untilMeshIsUp, untilPods } from '../../test/support/mesh.ts';
import { root } from '../../tools/platform/paths.ts';
import { say } from '../../tools/platform/progress.ts';
import { cpuBetween, readCpu } from '../cpu.ts';
import { type Loaded, placeOrders, type Ready, readDetails } from './loads.ts';
import { hold, release, usedSeconds } from './pod-quota.ts';

interface Scaled {
  service: 'catalog' | 'orders';
  unit: string;
  /** Of a processor, a pod: the app, its sidecar and its proxy together. */
  cores: number;
  prepare(pods: number, seconds: number): Promise<Ready>;
}

interface Step extends Loaded {
  service: Scaled['service'];
  unit: string;
  pods: number;
  coresOfPod: number;
  perSecond: number;
  /** Against the first step: units a second for each processor that was added. */
  perAddedCore: number | null;
  /** Milliseconds of processor time a unit. */
  podsMs: number;
  machineMs: number;
  /** How busy the whole machine was, of all its processors. */
  busyShare: number;
}

const counts = [1, 2, 4];
const seconds = Number(process.env.SECONDS || 15);
const warmUpSeconds = 20;
const mostOrdersPerSecond = 20;

const scaled: Scaled[] = [
  {
    service: 'catalog',
    unit: 'product detail',
    cores: 0.2,
    prepare: (pods, during) => readDetails({ clients: 6 * pods, seconds: during }),
  },
  {
    service: 'orders',
    unit: 'POST /orders',
    cores: 0.15,
    prepare: (pods, during) =>
      placeOrders({ clients: 2 * pods, seconds: during }, Math.min(mostOrdersPerSecond, 4 * pods) * during),
  },
];

async function main(): Promise<void> {
  await untilMeshIsUp();
  const steps: Step[] = [];
  for (const one of scaled) {
    try {
      for (const count of counts) steps.push(await measureAt(one, count, steps));
    } finally {
      await scale(one.service, 1);
    }
  }
  mkdirSync(join(root, 'perf/results'), { recursive: true });
  const at = new Date().toISOString();
  const file = `perf/results/${at.slice(0, 19).replaceAll(':', '')}-elasticity.json`;
  const about = { at, cores: cpus().length, processor: cpus()[0]?.model, seconds };
  writeFileSync(join(root, file), `${JSON.stringify({ ...about, steps }, null, 1)}\n`);
  say(`written: ${file}`);
}

async function measureAt(one: Scaled, count: number, before: readonly Step[]): Promise<Step> {
  const pods = await scale(one.service, count);
  // Uncompiled code is no measure; pods are held only after that.
  await (await one.prepare(count, warmUpSeconds))();
  const load = await one.prepare(count, seconds);
  try {
    for (const { name } of pods) await hold(name, one.cores);
    const usedBefore = usedBy(pods);
    const busyBefore = readCpu();
    const loaded = await load();
    const step = stepOf({ one, count, loaded, podSeconds: usedBy(pods) - usedBefore, busyBefore, before });
    say(lineOf(step));
    return step;
  } finally {
    for (const { name } of pods) await release(name);
  }
}

const usedBy = (pods: MeshPod[]) => pods.reduce((sum, { name }) => sum + usedSeconds(name), 0);

async function scale(service: string, count: number): Promise<MeshPod[]> {
  await kubectl('-n', 'shop', 'scale', `deployment/${service}`, `--replicas=${count}`);
  return untilPods(`app=${service}`, count);
}

interface Measured {
  one: Scaled;
  count: number;
  loaded: Loaded;
  podSeconds: number;
  busyBefore: ReturnType<typeof readCpu>;
  before: readonly Step[];
}

function stepOf({ one, count, loaded, podSeconds, busyBefore, before }: Measured): Step {
  const after = readCpu();
  const busySeconds = after.machine - busyBefore.machine;
  const ownSeconds = after.runner - busyBefore.runner;
  const { seconds: duration } = cpuBetween(busyBefore, after);
  const perSecond = loaded.units / loaded.seconds;
  const first = before.find(({ service, pods }) => service === one.service && pods === 1);
  const added = (count - 1) * one.cores;
  return {
    ...loaded,
    service: one.service,
    unit: one.unit,
    pods: count,
    coresOfPod: one.cores,
    perSecond,
    perAddedCore: first ? (perSecond - first.perSecond) / added : null,
    podsMs: (podSeconds * 1_000) / loaded.units,
    machineMs: ((busySeconds - ownSeconds) * 1_000) / loaded.units,
    busyShare: busySeconds / duration / cpus().length,
  };
}

const lineOf = ({ service, pods, perSecond, p50Ms, p95Ms, perAddedCore, podsMs, busyShare, wrong }: Step) =>
  `${service} × ${pods}: ${perSecond.toFixed(1)}/s, ${p50Ms.toFixed(0)} / ${p95Ms.toFixed(0)} ms, ` +
  `${perAddedCore === null ? '' : `${perAddedCore.toFixed(0)}/s an added core, `}pods ${podsMs.toFixed(2)} ms a unit, ` +
  `machine ${(busyShare * 100).toFixed(0)} % busy, ${wrong} wrong`;

await main();
