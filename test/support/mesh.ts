/** The mesh as a test sees and changes it: by kubectl, and from inside its pods. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { captured, type Outcome } from '../../tools/mesh/captured.ts';
import { clusterOf } from '../../tools/mesh/cluster.ts';
import { clusterFolder, kubeconfigFile } from '../../tools/mesh/cluster-paths.ts';
import { network } from '../../tools/mesh/mesh-network.ts';
import { readPodRecord } from '../../tools/mesh/node/pod-runner.ts';
import { untilPodsReady, untilShopAnswers } from '../../tools/mesh/shop-in-mesh.ts';
import { nodeBinary, root } from '../../tools/platform/paths.ts';
import { eventually, type Json } from './shop.ts';

const limitMs = 60_000;
const readyLimitMs = 90_000;

export const cluster = clusterOf({ kubeconfig: kubeconfigFile, folder: clusterFolder });

/** Waits until every pod is ready and the gateway answers. */
export async function untilMeshIsUp(): Promise<void> {
  await untilPodsReady(() => undefined);
  await untilShopAnswers();
}

/** What kubectl says; throws when it fails. */
export async function kubectl(...words: string[]): Promise<string> {
  const { ok, stdout, stderr } = await cluster.kubectl(words);
  if (!ok) throw new Error(`kubectl ${words.join(' ')}: ${stderr}`);
  return stdout;
}

export interface MeshPod {
  name: string;
  uid: string;
  ip: string;
  ready: boolean;
  ending: boolean;
}

/** Pods by a label selector. */
export async function pods(selector: string, namespace = 'shop'): Promise<MeshPod[]> {
  const list = JSON.parse(await kubectl('get', 'pods', '-n', namespace, '-l', selector, '-o', 'json'));
  return list.items.map(({ metadata, status }: Json) => ({
    name: metadata.name,
    uid: metadata.uid,
    ip: status.podIP ?? '',
    ready: (status.conditions ?? []).some(({ type, status: is }: Json) => type === 'Ready' && is === 'True'),
    ending: metadata.deletionTimestamp !== undefined,
  }));
}

/** The only pod of a selector that stays. */
export async function onlyPod(selector: string, namespace?: string): Promise<MeshPod> {
  const found = (await pods(selector, namespace)).filter(({ ending }) => !ending);
  if (found.length !== 1) throw new Error(`${found.length} pods have ${selector}, not one`);
  return found[0]!;
}

/** Waits until as many pods as wanted are ready, and no other is left. */
export const untilPods = (selector: string, count: number, namespace?: string): Promise<MeshPod[]> =>
  eventually(async () => {
    const found = await pods(selector, namespace);
    const all = found.length === count && found.every(({ ready, ending }) => ready && !ending);
    if (!all) throw new Error(`pods of ${selector}: ${JSON.stringify(found)}`);
    return found;
  }, readyLimitMs);

/** Runs a command in a pod's network, as anybody but its proxy. */
export const inPod = ({ name }: Pick<MeshPod, 'name'>, ...command: string[]): Promise<Outcome> =>
  captured(['ip', 'netns', 'exec', `${network.namespace}-${name}`, ...command], { limitMs });

/** Runs a program of test/mesh/in-pod there; answers what it printed, parsed. */
export async function programInPod(
  pod: Pick<MeshPod, 'name'>,
  program: string,
  input: object,
): Promise<Json> {
  const file = join(root, 'test/mesh/in-pod', program);
  const { ok, stdout, stderr } = await inPod(pod, nodeBinary, file, JSON.stringify(input));
  if (!ok) throw new Error(`${program} in ${pod.name}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The status that curl saw; 000 when there was no answer. */
export async function curlStatus(pod: Pick<MeshPod, 'name'>, ...words: string[]): Promise<string> {
  const { stdout } = await inPod(
    pod,
    'curl',
    '-s',
    '-o',
    '/dev/null',
    '-m',
    '5',
    '-w',
    '%{http_code}',
    ...words,
  );
  return stdout;
}

/** A file of the pod's own /tmp. */
export const tmpOf = ({ uid }: MeshPod, name: string) => join(readPodRecord(uid)!.place.folder, 'tmp', name);

/** Pids of the pod's processes, by their names: proxy, daprd, app. */
export function processesOf({ uid }: MeshPod): Record<string, number> {
  const processes = readPodRecord(uid)?.processes ?? {};
  return Object.fromEntries(Object.values(processes).map(({ name, pid }) => [name, pid]));
}

/** Envoy's own lines on the endpoints of those of a pod's clusters that begin so. */
export async function endpointLines(pod: Pick<MeshPod, 'name'>, cluster: string): Promise<string[]> {
  const { stdout } = await inPod(pod, 'curl', '-s', '-m', '10', 'http://127.0.0.1:15000/clusters');
  return stdout.split('\n').filter((line) => line.startsWith(cluster));
}

/** Requests that a pod's Envoy has sent to the endpoints of such clusters. */
export async function requestsTo(pod: Pick<MeshPod, 'name'>, cluster: string): Promise<number> {
  const counts = (await endpointLines(pod, cluster)).map(
    (line) => /::rq_total::(\d+)$/.exec(line)?.[1] ?? '0',
  );
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

/** One of Envoy's counters in a pod; 0 when it has none. */
export async function proxyCounter(pod: Pick<MeshPod, 'name'>, name: string): Promise<number> {
  const { stdout } = await inPod(pod, 'curl', '-s', '-m', '10', 'http://127.0.0.1:15000/stats');
  const line = stdout.split('\n').find((one) => one.startsWith(`${name}: `));
  return Number(line?.slice(name.length + 2) ?? 0);
}

/** Applies objects, and answers what takes them away again. */
export async function applied(...objects: object[]): Promise<() => Promise<void>> {
  const text = objects.map((object) => stringify(object)).join('---\n');
  await cluster.apply(text);
  return async () => {
    const { ok, stderr } = await cluster.kubectl(['delete', '--wait=false', '-f', '-'], text);
    if (!ok) throw new Error(stderr);
  };
}

/** Puts files of the checkout into force as they are. */
export const applyFiles = (...paths: string[]) =>
  cluster.apply(paths.map((path) => readFileSync(join(root, path), 'utf8')).join('---\n'));
