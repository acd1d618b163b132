/**
 * `make elasticity`: one, two and four pods of catalog and of orders in the mesh, each held to a part of a processor, so
 * that the machine has room for four of them and the rest of the shop. Writes perf/results/<date>-elasticity.json.
 */
import { cpus } from 'node:os';
import { kubectl, type MeshPod, untilMeshIsUp, untilPods } from '../../test/support/mesh.ts';
import { say } from '../../tools/platform/progress.ts';
import { readCpu } from '../cpu.ts';
import { writeResult } from '../write-result.ts';
import { type Loaded, placeOrders, type Ready, readDetails } from './loads.ts';
import { hold, release, usedSeconds } from './pod-quota.ts';
import { writeScalingPlot } from './scaling-plot.ts';

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
  /** Milliseconds of processor time a unit. */
  podsMs: number;
  machineMs: number;
  /** How busy the whole machine was, of all its processors. */
  busyShare: number;
}

const counts = [1, 2, 4];
const rounds = Number(process.env.ROUNDS || 3);
const seconds = 10;
const warmUpSeconds = 8;
/** More than a held pod can place: carts must not run out. */
const cartsPerPodAndSecond = 4;

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
      placeOrders({ clients: 2 * pods, seconds: during }, cartsPerPodAndSecond * pods * during),
  },
];

async function main(): Promise<void> {
  await untilMeshIsUp();
  const steps: Step[] = [];
  for (const one of scaled) {
    try {
      for (let round = 1; round <= rounds; round += 1)
        for (const count of counts) steps.push(await measureAt(one, count));
    } finally {
      await scale(one.service, 1);
    }
  }
  const at = new Date().toISOString();
  const about = { at, cores: cpus().length, processor: cpus()[0]?.model, seconds };
  const medians = scaled.flatMap(({ service }) => counts.map((count) => medianOf(steps, service, count)));
  for (const one of medians) say(`median of ${rounds}: ${lineOf(one)}${gainOf(one, medians)}`);
  writeScalingPlot(medians);
  say('written: docs/performance/scaling.svg');
  writeResult(Object.assign(about, { rounds, medians, steps }), 'elasticity');
}

function medianOf(steps: readonly Step[], service: string, count: number): Step {
  const same = steps.filter((step) => step.service === service && step.pods === count);
  return same.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(same.length / 2)]!;
}

/** Units a second for each processor that was added to the first pod's. */
function gainOf({ service, pods, perSecond, coresOfPod }: Step, medians: readonly Step[]): string {
  if (pods === 1) return '';
  const alone = medians.find((step) => step.service === service && step.pods === 1)!;
  return `; ${((perSecond - alone.perSecond) / ((pods - 1) * coresOfPod)).toFixed(0)}/s an added core`;
}

async function measureAt(one: Scaled, count: number): Promise<Step> {
  const pods = await scale(one.service, count);
  // Uncompiled code is no measure; pods are held only after that.
  await (await one.prepare(count, warmUpSeconds))();
  const load = await one.prepare(count, seconds);
  try {
    for (const { name } of pods) await hold(name, one.cores);
    const usedBefore = usedBy(pods);
    const busyBefore = readCpu();
    const loaded = await load();
    const step = stepOf({ one, count, loaded, podSeconds: usedBy(pods) - usedBefore, busyBefore });
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
}

function stepOf({ one, count, loaded, podSeconds, busyBefore }: Measured): Step {
  const after = readCpu();
  const busySeconds = after.machine - busyBefore.machine;
  const ownSeconds = after.runner - busyBefore.runner;
  const duration = (after.atMs - busyBefore.atMs) / 1_000;
  const perSecond = loaded.units / loaded.seconds;
  return {
    ...loaded,
    service: one.service,
    unit: one.unit,
    pods: count,
    coresOfPod: one.cores,
    perSecond,
    podsMs: (podSeconds * 1_000) / loaded.units,
    machineMs: ((busySeconds - ownSeconds) * 1_000) / loaded.units,
    busyShare: busySeconds / duration / cpus().length,
  };
}

const lineOf = ({ service, pods, perSecond, p50Ms, p95Ms, podsMs, busyShare, wrong }: Step) =>
  `${service} × ${pods}: ${perSecond.toFixed(1)}/s, ${p50Ms.toFixed(0)} / ${p95Ms.toFixed(0)} ms, ` +
  `pods ${podsMs.toFixed(2)} ms a unit, machine ${(busyShare * 100).toFixed(0)} % busy, ${wrong} wrong`;

await main();
