/**
 * What the process that answers a request puts on its heap for it, in bytes: V8's sampling heap profiler over many
 * requests, what the process does by itself taken away. Buffers outside the heap are not in it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@souk/contracts/ports';
import type { Connection } from 'mysql2/promise';
import { readRunRecords } from '../tools/runner/run-files.ts';
import { untilAtRest } from './counters.ts';
import { askStep, listOf, pageOf, type Step, threeArticles, way } from './guest-way.ts';
import { type Inspector, openInspector } from './inspector.ts';

/** Requests of each kind that are counted, and those before them that compile and fill caches. */
const guests = 200;
const warmUpGuests = 40;
/** As few as keep a core busy: more would only wait for each other. */
const atOnce = 4;
/** One sample in so many bytes: some 100,000 samples a lot, whose own error is below a hundredth. */
const samplingInterval = 512;
const idleMs = 2_000;

/** One function that allocated, and the bytes of it a request. */
interface Allocator {
  at: string;
  bytes: number;
}

export interface Allocated {
  /** A request. */
  bytes: number;
  /** Who allocated most of it, largest first. */
  largest: Allocator[];
}

interface ProfileNode {
  callFrame: { functionName: string; url: string; lineNumber: number };
  selfSize: number;
  children: ProfileNode[];
}

/** Leads 200 guests along the way, step by step; answers what each step allocated a request. */
export async function countAllocations(
  admin: Connection,
  slugs: readonly string[],
): Promise<Record<string, Allocated>> {
  const articles = await threeArticles();
  const led = Array.from({ length: warmUpGuests + guests }, (_, place) =>
    way(articles, { list: listOf(place), detail: pageOf(slugs[place % slugs.length]!) }),
  );
  const warmingUp = led.slice(0, warmUpGuests);
  for (const place of warmingUp[0]!.keys()) await askAll(warmingUp.map((steps) => steps[place]!));
  const counted = led.slice(warmUpGuests);
  const lots = counted[0]!.map((_, place) => counted.map((steps) => steps[place]!));
  const found: Record<string, Allocated> = {};
  for (const [service, own] of Map.groupBy(lots, (lot) => lot[0]!.service)) {
    await inside(service, async (inspector) => {
      const rest = () => untilAtRest(admin);
      const idle = await sampled(inspector, () => sleep(idleMs), rest);
      for (const lot of own) found[lot[0]!.name] = await allocatedBy(lot, { inspector, rest, idle });
    });
  }
  return found;
}

/** Of two counts the smaller one for each request: what a timer added by chance is in one of them only. */
export function lighterOf(
  one: Record<string, Allocated>,
  other: Record<string, Allocated>,
): Record<string, Allocated> {
  return Object.fromEntries(
    Object.entries(one).map(([name, first]) => {
      const second = other[name] ?? first;
      return [name, second.bytes < first.bytes ? second : first];
    }),
  );
}

interface Looking {
  inspector: Inspector;
  rest: () => Promise<unknown>;
  idle: Sampled;
}

async function allocatedBy(lot: readonly Step[], { inspector, rest, idle }: Looking): Promise<Allocated> {
  const { bytes, seconds, by } = await sampled(inspector, () => askAll(lot), rest);
  const byItself = (idle.bytes / idle.seconds) * seconds;
  return {
    bytes: Math.round((bytes - byItself) / lot.length),
    largest: [...by]
      .map(([at, all]) => ({ at, bytes: Math.round(all / lot.length) }))
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, 5),
  };
}

export interface Sampled {
  bytes: number;
  seconds: number;
  /** Bytes by function. */
  by: Map<string, number>;
}

/** What the process allocates from the begin of the work until it rests again. */
export async function sampled(
  { ask }: Inspector,
  work: () => Promise<unknown>,
  rest: () => Promise<unknown>,
): Promise<Sampled> {
  await rest();
  const begunMs = performance.now();
  await ask('HeapProfiler.startSampling', {
    samplingInterval,
    // Without these, what the collector has taken meanwhile would be missing.
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await work();
  await rest();
  const { profile } = await ask<{ profile: { head: ProfileNode } }>('HeapProfiler.stopSampling');
  const by = new Map<string, number>();
  const bytes = addUp(profile.head, by);
  return { bytes, seconds: (performance.now() - begunMs) / 1_000, by };
}

function addUp({ callFrame, selfSize, children }: ProfileNode, by: Map<string, number>): number {
  const file = callFrame.url.split('/').slice(-3).join('/');
  const at = `${callFrame.functionName || '(anonymous)'} ${file}:${callFrame.lineNumber + 1}`;
  by.set(at, (by.get(at) ?? 0) + selfSize);
  return children.reduce((total, child) => total + addUp(child, by), selfSize);
}

async function inside(service: ServiceName, use: (inspector: Inspector) => Promise<void>): Promise<void> {
  const pid = readRunRecords().find(({ name }) => name === service)?.pid;
  if (!pid) throw new Error(`${service} does not run: make up`);
  const inspector = await openInspector(pid);
  try {
    await use(inspector);
  } finally {
    await inspector.close();
  }
}

/** Each step once, a few at once, in their order. */
async function askAll(steps: readonly Step[]): Promise<void> {
  const left = steps.values();
  const client = async () => {
    for (const step of left) await askStep(step);
  };
  await Promise.all(Array.from({ length: atOnce }, client));
}
