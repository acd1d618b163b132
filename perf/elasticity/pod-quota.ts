/** Gives each pod so much of a processor and no more, as a kubelet does with `limits.cpu`: a control group a pod. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captured } from '../../tools/mesh/captured.ts';
import { network } from '../../tools/mesh/mesh-network.ts';

const periodMicroseconds = 20_000;
const limitMs = 5_000;

/** As the process outside sees them: `ip netns exec` gives its program an empty /sys. */
const mount = join('/proc', `${process.ppid}`, 'root', 'sys/fs/cgroup');
/** Version 1 has a tree a controller, version 2 one tree for all. */
const trees = existsSync(join(mount, 'cgroup.controllers'))
  ? { cpu: mount, usage: mount }
  : { cpu: join(mount, 'cpu'), usage: join(mount, 'cpuacct') };
const isVersion2 = trees.cpu === trees.usage;
const folders = (pod: string) => [...new Set([join(trees.cpu, group(pod)), join(trees.usage, group(pod))])];
const group = (pod: string) => `souk-${pod}`;

/** Holds all processes of a pod to `cores`, until {@link release}. */
export async function hold(pod: string, cores: number): Promise<void> {
  for (const folder of folders(pod)) if (!existsSync(folder)) mkdirSync(folder);
  const quota = Math.round(cores * periodMicroseconds);
  const own = join(trees.cpu, group(pod));
  if (isVersion2) writeFileSync(join(own, 'cpu.max'), `${quota} ${periodMicroseconds}`);
  else {
    writeFileSync(join(own, 'cpu.cfs_period_us'), `${periodMicroseconds}`);
    writeFileSync(join(own, 'cpu.cfs_quota_us'), `${quota}`);
  }
  for (const pid of await pidsOf(pod)) for (const folder of folders(pod)) enter(folder, pid);
}

/** Seconds of processor time that a held pod has used. */
export function usedSeconds(pod: string): number {
  const folder = join(trees.usage, group(pod));
  if (!isVersion2) return Number(readFileSync(join(folder, 'cpuacct.usage'), 'utf8')) / 1e9;
  const [, microseconds] = /^usage_usec (\d+)$/m.exec(readFileSync(join(folder, 'cpu.stat'), 'utf8'))!;
  return Number(microseconds) / 1e6;
}

/** Lets a pod have what it wants again. */
export async function release(pod: string): Promise<void> {
  for (const pid of await pidsOf(pod)) for (const tree of new Set(Object.values(trees))) enter(tree, pid);
  for (const folder of folders(pod)) if (existsSync(folder)) rmdirSync(folder);
}

/** A process that has ended meanwhile needs no place. */
function enter(folder: string, pid: number): void {
  try {
    writeFileSync(join(folder, 'cgroup.procs'), `${pid}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function pidsOf(pod: string): Promise<number[]> {
  const { ok, stdout, stderr } = await captured(['ip', 'netns', 'pids', `${network.namespace}-${pod}`], {
    limitMs,
  });
  if (!ok) throw new Error(`the pod ${pod} has no network: ${stderr}`);
  return stdout.split('\n').filter(Boolean).map(Number);
}
