/** A real API server on its own etcd, for as long as a check lasts: own ports, own folder, ended by its own pids. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takenPortMessage, takenPorts } from '../platform/listening-ports.ts';
import { captured } from './captured.ts';
import { makePki } from './certificates.ts';
import { etcdBinary, meshToolPath } from './mesh-tools.ts';

/** Far from the shop's ports and from those on which Dapr's scheduler has an etcd of its own. */
const ports: ClusterPorts = Object.freeze({ etcd: 52_479, etcdPeer: 52_480, api: 52_443 });

export type ClusterPorts = Readonly<Record<'etcd' | 'etcdPeer' | 'api', number>>;

const etcdLimitMs = 30_000;
const apiLimitMs = 120_000;
const stopLimitMs = 10_000;
const lookAgainMs = 100;

export interface ControlPlane {
  kubeconfig: string;
  /** Its folder, for files of the check; deleted by {@link ControlPlane.stop}. */
  folder: string;
  stop(): Promise<void>;
}

/** Starts both; rejects when one of the ports is taken or one of them does not come up, and leaves nothing behind. */
export async function startControlPlane(): Promise<ControlPlane> {
  const needs = Object.entries(ports).map(([purpose, port]) => ({
    port,
    purpose: `mesh-check (${purpose})`,
  }));
  const taken = takenPorts(needs);
  if (taken.length > 0) throw new Error(taken.map(takenPortMessage).join('\n'));
  const folder = mkdtempSync(join(tmpdir(), 'souk-mesh-check-'));
  const children: ChildProcess[] = [];
  const stop = async () => {
    // The API server first: it would complain about an etcd that has gone.
    for (const child of children.toReversed()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await makePki(folder, `127.0.0.1:${ports.api}`);
    const etcd = start(etcdCommand(ports), folder, 'etcd.log');
    children.push(etcd);
    await untilOurs(etcd, { port: ports.etcd, log: join(folder, 'etcd.log'), limitMs: etcdLimitMs });
    const alone = '--endpoint-reconciler-type=none';
    const api = start([...apiCommand(ports, '127.0.0.1'), alone], folder, 'apiserver.log');
    children.push(api);
    await untilOurs(api, { port: ports.api, log: join(folder, 'apiserver.log'), limitMs: apiLimitMs });
    await untilReady(folder, api);
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig: join(folder, 'kubeconfig'), folder, stop };
}

/** Only who holds a certificate of this run's authority may speak to it. */
export function etcdCommand(own: ClusterPorts): string[] {
  const client = `https://127.0.0.1:${own.etcd}`;
  const peer = `http://127.0.0.1:${own.etcdPeer}`;
  return [
    etcdBinary,
    '--data-dir=etcd',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--client-cert-auth',
    '--trusted-ca-file=ca.crt',
    '--cert-file=etcd.crt',
    '--key-file=etcd.key',
    '--logger=zap',
    // Nothing in it is worth a disk's time.
    '--unsafe-no-fsync',
  ];
}

/** The API server over that etcd; both run in the folder with the keys. */
export function apiCommand(own: ClusterPorts, address: string): string[] {
  return [
    meshToolPath('kube-apiserver'),
    `--etcd-servers=https://127.0.0.1:${own.etcd}`,
    '--etcd-cafile=ca.crt',
    '--etcd-certfile=etcd.crt',
    '--etcd-keyfile=etcd.key',
    `--bind-address=${address}`,
    `--secure-port=${own.api}`,
    '--tls-cert-file=apiserver.crt',
    '--tls-private-key-file=apiserver.key',
    '--client-ca-file=ca.crt',
    '--service-account-key-file=accounts.pub',
    '--service-account-signing-key-file=accounts.key',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--v=1',
  ];
}

function start([program, ...words]: string[], folder: string, log: string): ChildProcess {
  const out = openSync(join(folder, log), 'a');
  return spawn(program!, words, { cwd: folder, stdio: ['ignore', out, out] });
}

interface Wait {
  port: number;
  log: string;
  limitMs: number;
}

/** Whoever listens must be the process that we started: an API server must never write into somebody else's etcd. */
async function untilOurs(child: ChildProcess, { port, log, limitMs }: Wait): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended at once:\n${lastLines(log)}`);
    const [listener] = takenPorts([{ port, purpose: 'us' }]);
    if (listener?.holder?.pid === child.pid) return;
    if (listener) throw new Error(takenPortMessage({ ...listener, purpose: 'mesh-check' }));
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  throw new Error(`nobody listens on ${port} after ${limitMs / 1_000} s:\n${lastLines(log)}`);
}

async function untilReady(folder: string, api: ChildProcess): Promise<void> {
  const deadline = Date.now() + apiLimitMs;
  const command = [
    meshToolPath('kubectl'),
    '--kubeconfig',
    join(folder, 'kubeconfig'),
    'get',
    '--raw',
    '/readyz',
  ];
  while (Date.now() < deadline && api.exitCode === null) {
    if ((await captured(command, { limitMs: 10_000 })).ok) return;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  throw new Error(`the API server is not ready:\n${lastLines(join(folder, 'apiserver.log'))}`);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(late);
}
