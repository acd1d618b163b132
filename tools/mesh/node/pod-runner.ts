/** One pod's life on this node: laid out, started in order, kept running, stopped in the opposite order, gone. */
import { chownSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { state } from '../../platform/paths.ts';
import { httpAnswers, untilHealthy } from '../../platform/probe.ts';
import { processMark } from '../../platform/programs.ts';
import { readJson, writeWhole } from '../../platform/state-files.ts';
import type { RunRecord } from '../../runner/run-files.ts';
import { createSupervisor, type Supervisor } from '../../runner/supervise.ts';
import type { ApiServer } from './api-server.ts';
import { appOf, hasDapr, hasProxy, type Place, type Pod, podPath } from './pod.ts';
import { layOutFiles, users, writeProxyToken } from './pod-files.ts';
import { plugIn, unplug } from './pod-network.ts';
import { podPrograms, type Settings } from './pod-programs.ts';

const proxyLimitMs = 60_000;
/** Longer than the proxy's own drain (mesh/install/istio.yaml). */
const politeMs = 30_000;
const renewEveryMs = 8 * 3_600_000;

export const podFolder = join(state.run, 'pods');
const recordFile = (uid: string) => join(podFolder, `${uid}.json`);

/** What outlives the agent. */
export interface PodRecord {
  name: string;
  place: Place;
  /** Network and files are whole. */
  laidOut: boolean;
  processes: Record<string, RunRecord>;
}

export const readPodRecord = (uid: string) => readJson<PodRecord>(recordFile(uid));

export interface RunningPod {
  place: Place;
  /** Whether each of its parts answers for itself. */
  isReady(): Promise<boolean>;
  restarts(): number;
  stop(): Promise<void>;
}

interface Deps {
  api: ApiServer;
  say: (line: string) => void;
}

/** Starts a pod, or takes over what an earlier agent has left of it. Resolves when its processes have been started. */
export async function runPod(deps: Deps, pod: Pod, place: Place): Promise<RunningPod> {
  const { uid, name } = pod.metadata;
  const known = readPodRecord(uid);
  const record: PodRecord = known ?? { name, place, laidOut: false, processes: {} };
  const save = () => writeWhole(recordFile(uid), JSON.stringify(record));
  save();
  if (!record.laidOut) {
    await Promise.all([
      plugIn(record.place, hasProxy(pod) && hasApp(pod)),
      layOutFiles(deps.api, pod, record.place),
    ]);
    record.laidOut = true;
    save();
  }
  const programs = podPrograms(pod, record.place, await settingsOf(deps.api, pod));
  const logFolder = logFolderOf(pod);
  const supervisor = createSupervisor({
    programs,
    logFolder,
    mark: processMark,
    politeMs,
    endsGroups: true,
    save: (process) => {
      record.processes[process.name] = process;
      save();
    },
    say: (line) => deps.say(`${name}: ${line}`),
  });
  supervisor.adopt(Object.values(record.processes));
  const renewal = setInterval(() => {
    if (hasProxy(pod)) void writeProxyToken(deps.api, pod, record.place.folder).catch(() => undefined);
  }, renewEveryMs);
  const names = programs.map((program) => program.name);
  await startInOrder(supervisor, names, record.place);
  return {
    place: record.place,
    isReady: () => isReady(pod, record.place),
    restarts: () => supervisor.units().reduce((sum, { restarts }) => sum + restarts, 0),
    async stop() {
      clearInterval(renewal);
      await sleep((appOf(pod)?.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000);
      for (const one of names.toReversed()) await supervisor.stop(one);
      supervisor.close();
      await unplug(record.place);
      rmSync(record.place.folder, { recursive: true, force: true });
      rmSync(recordFile(uid), { force: true });
    },
  };
}

const hasApp = (pod: Pod) => appOf(pod) !== undefined;

/** Nothing else starts before the proxy works: without it the others could reach nobody. */
async function startInOrder(supervisor: Supervisor, names: readonly string[], { ip }: Place): Promise<void> {
  const [first, ...rest] = names[0] === 'proxy' ? names : [undefined, ...names];
  if (first !== undefined) {
    await supervisor.start(first);
    await untilHealthy(() => httpAnswers(`http://${ip}:15021/healthz/ready`), proxyLimitMs);
  }
  await Promise.all(rest.map((name) => supervisor.start(name!)));
}

async function isReady(pod: Pod, { ip }: Place): Promise<boolean> {
  const asked = [
    ...(hasProxy(pod) ? ['15021/healthz/ready'] : []),
    ...(hasDapr(pod) ? ['15020/app-health/daprd/readyz'] : []),
    ...(appOf(pod)?.readinessProbe ? [`15020/app-health/${appOf(pod)!.name}/readyz`] : []),
  ];
  const answers = await Promise.allSettled(asked.map((path) => httpAnswers(`http://${ip}:${path}`)));
  return answers.every(({ status }) => status === 'fulfilled');
}

/** Logs of a pod stay when it goes. Envoy opens its own anew, as its own user. */
function logFolderOf({ metadata }: Pod): string {
  const logs = join(state.logs, 'pods', metadata.name);
  mkdirSync(logs, { recursive: true });
  closeSync(openSync(join(logs, 'proxy.log'), 'a'));
  chownSync(join(logs, 'proxy.log'), users.proxy, users.proxy);
  return logs;
}

/** The app's environment, and the sidecars' tokens by the secrets that the annotations name. */
async function settingsOf(api: ApiServer, pod: Pod): Promise<Settings> {
  const { namespace, annotations = {} } = pod.metadata;
  const maps = (appOf(pod)?.envFrom ?? []).flatMap(({ configMapRef }) =>
    configMapRef ? [configMapRef.name] : [],
  );
  const shared: Record<string, string> = {};
  for (const name of maps)
    Object.assign(
      shared,
      (await api.demand('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).data,
    );
  const tokens: Record<string, string> = {};
  for (const [variable, annotation] of [
    ['DAPR_API_TOKEN', 'dapr.io/api-token-secret'],
    ['APP_API_TOKEN', 'dapr.io/app-token-secret'],
  ] as const) {
    const secret = annotations[annotation];
    if (!secret) continue;
    const { data } = await api.demand('GET', `/api/v1/namespaces/${namespace}/secrets/${secret}`);
    tokens[variable] = Buffer.from(data.token, 'base64').toString();
  }
  return { shared, tokens };
}

/** What the API server is told of it. */
export function statusOf(pod: Pod, place: Place, { ready, restarts }: { ready: boolean; restarts: number }) {
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const condition = (type: string) => ({ type, status: ready ? 'True' : 'False', lastTransitionTime: now });
  return {
    status: {
      phase: 'Running',
      hostIP: place.ip.replace(/\d+$/, '1'),
      podIP: place.ip,
      podIPs: [{ ip: place.ip }],
      startTime: now,
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: now },
        { type: 'Initialized', status: 'True', lastTransitionTime: now },
        condition('Ready'),
        condition('ContainersReady'),
      ],
      containerStatuses: pod.spec.containers.map(({ name, image }) => ({
        ...{ name, image, imageID: '', ready, restartCount: restarts, started: true },
        state: { running: { startedAt: now } },
      })),
    },
  };
}

export const statusPath = (pod: Pod) => `${podPath(pod)}/status`;
