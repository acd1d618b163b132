/** The node agent: runs in network namespaces what the scheduler gives to the mesh's only node, and tells how it does. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { state } from '../../platform/paths.ts';
import { nodeName } from '../cluster-paths.ts';
import { network } from '../mesh-network.ts';
import { apiServer } from './api-server.ts';
import { hasProxy, isGateway, type Place, type Pod, podPath } from './pod.ts';
import { podFolder, type RunningPod, readPodRecord, runPod, statusOf, statusPath } from './pod-runner.ts';
import { denyUnknownNames } from './unknown-names.ts';

const lookEveryMs = 500;
const tellAgainMs = 60_000;
const list = `/api/v1/pods?fieldSelector=spec.nodeName%3D${nodeName}`;

/** Istio's injector marks a pod so: others speak TLS with it. */
const injected = { metadata: { labels: { 'security.istio.io/tlsMode': 'istio' } } };

interface Entry {
  pod: Pod;
  place: Place;
  running?: RunningPod;
  /** What it is doing; one thing at a time. */
  work?: Promise<unknown> | undefined;
  told: { text: string; atMs: number };
}

const api = apiServer();
const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
const entries = new Map<string, Entry>();
let wake: () => void = () => undefined;

mkdirSync(podFolder, { recursive: true });
denyUnknownNames(network.outside, say);
api.watch(list, () => wake());
say(`node ${nodeName} runs what it is given`);
for (;;) {
  await look().catch((error: Error) => say(error.message));
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  await Promise.race([woken, sleep(lookEveryMs)]);
}

/** One look at what is wanted and what is: each difference becomes work, which nobody waits for. */
async function look(): Promise<void> {
  const pods = (await api.demand('GET', list)).items as Pod[];
  for (const pod of pods) {
    const { uid } = pod.metadata;
    const entry = entries.get(uid) ?? newEntry(pod);
    entry.pod = pod;
    entries.set(uid, entry);
    step(uid, entry);
  }
  // An object that was taken away by force: its processes go too.
  const gone = [...entries].filter(([uid]) => !pods.some(({ metadata }) => metadata.uid === uid));
  for (const [uid, entry] of gone) entry.work ??= end(uid, entry);
  await sweep(pods);
}

/** What an earlier agent ran and nobody wants any more. */
async function sweep(pods: readonly Pod[]): Promise<void> {
  for (const file of readdirSync(podFolder)) {
    const uid = file.replace(/\.json$/, '');
    const record = readPodRecord(uid);
    if (!record || entries.has(uid) || pods.some(({ metadata }) => metadata.uid === uid)) continue;
    say(`${record.name} is no pod any more`);
    const { removePod } = await import('./remove-pod.ts');
    await removePod(uid, record);
  }
}

function step(uid: string, entry: Entry): void {
  if (entry.work) return;
  const free = () => {
    entry.work = undefined;
  };
  if (entry.pod.metadata.deletionTimestamp) entry.work = end(uid, entry);
  else if (!entry.running) entry.work = begin(entry).finally(free);
  else entry.work = tell(entry).finally(free);
}

async function begin(entry: Entry): Promise<void> {
  const { name } = entry.pod.metadata;
  const beganAt = performance.now();
  try {
    if (hasProxy(entry.pod)) await api.demand('PATCH', podPath(entry.pod), injected);
    await report(entry, false, 0);
    entry.running = await runPod({ api, say }, entry.pod, entry.place);
    say(`${name} started at ${entry.place.ip} after ${Math.round(performance.now() - beganAt)} ms`);
  } catch (error) {
    say(`${name} does not start: ${(error as Error).message}`);
    await sleep(1_000);
  }
}

async function tell(entry: Entry): Promise<void> {
  const ready = await entry.running!.isReady();
  await report(entry, ready, entry.running!.restarts());
}

/** Only news, and now and then all of it. */
async function report(entry: Entry, ready: boolean, restarts: number): Promise<void> {
  const text = `${ready} ${restarts}`;
  if (entry.told.text === text && Date.now() - entry.told.atMs < tellAgainMs) return;
  const status = statusOf(entry.pod, entry.place, { ready, restarts });
  const answer = await api.ask('PATCH', statusPath(entry.pod), status);
  if (answer.status < 300) entry.told = { text, atMs: Date.now() };
}

async function end(uid: string, entry: Entry): Promise<void> {
  const { name } = entry.pod.metadata;
  try {
    await entry.running?.stop();
    await api.ask('DELETE', podPath(entry.pod), { gracePeriodSeconds: 0, preconditions: { uid } });
    say(`${name} has ended`);
  } catch (error) {
    say(`${name} does not end: ${(error as Error).message}`);
  }
  entries.delete(uid);
}

/** The lowest free address of the pod's kind. */
function newEntry(pod: Pod): Entry {
  const { uid, name } = pod.metadata;
  const known = readPodRecord(uid)?.place;
  const place = known ?? {
    ip: freeAddress(pod),
    namespace: `${network.namespace}-${name}`,
    folder: join(state.run, 'pod-files', uid),
  };
  return { pod, place, told: { text: '', atMs: 0 } };
}

function freeAddress(pod: Pod): string {
  const records = readdirSync(podFolder).map((file) => readPodRecord(file.replace(/\.json$/, '')));
  const used = new Set([...entries.values(), ...records].map((one) => one?.place.ip));
  const [first, last] = (isGateway(pod) ? network.gatewayRange : network.podRange) as [number, number];
  for (let number = first; number <= last; number += 1) {
    const address = network.addressOf(number);
    if (!used.has(address)) return address;
  }
  throw new Error('no address is free');
}
