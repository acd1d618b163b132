/** Real daprd and Redis for one test file: on free loopback ports, in a temporary folder, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';

/** A process that a test started; `stop` ends it and removes its folder. */
export interface Started {
  port: number;
  stop(): Promise<void>;
}

/** A sidecar; `log()` is what it has printed so far. */
export interface Sidecar extends Started {
  apiToken: string;
  pid: number;
  log(): string;
}

/** What a sidecar is started with; `resources` and `config` are YAML texts. */
export interface SidecarOptions {
  appId: string;
  appPort?: number;
  resources?: string[];
  config?: string;
  internalPort?: number;
  flags?: string[];
  env?: Record<string, string>;
  /** Wait until components are loaded (the default); false returns as soon as the process runs. */
  wait?: boolean;
}

export const apiToken = 'token-of-the-sidecar';
export const appToken = 'token-of-the-application';

/** The path of one of Dapr's programs, where `make up` leaves them or the Dapr CLI does. */
export function daprProgram(name: 'daprd' | 'sentry' | 'placement' | 'scheduler'): string {
  const folders = [join(homedir(), '.cache/souk/dapr-1.18.2/bin'), join(homedir(), '.dapr/bin')];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found)
    throw new Error(`${name} is not built yet: run make up first (looked in ${folders.join(', ')})`);
  return found;
}

/** Lets a server listen on a free loopback port and answers which. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** Asks until the answer is truthy and returns it; throws after `timeoutMs`, saying what it waited for. */
export async function until<T>(what: string, ask: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await delay(25);
  }
}

/** An empty Redis without a file. */
export async function startRedis(): Promise<Started> {
  const [port] = (await freePorts(1)) as [number];
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  await until('redis-server to listen', () => output.includes('Ready to accept'));
  return { port, stop: () => end(child) };
}

/** A sidecar without placement and scheduler. `port` is its HTTP port. */
export async function startDaprd(options: SidecarOptions): Promise<Sidecar> {
  const [port, grpcPort, anyPort] = (await freePorts(3)) as [number, number, number];
  const folder = mkdtempSync(join(tmpdir(), 'souk-daprd-'));
  const resourceFiles = options.resources ?? [];
  for (const [i, text] of resourceFiles.entries()) writeFileSync(join(folder, `${i}.yaml`), text);
  const flags = [
    ...['--app-id', options.appId, '--dapr-http-port', `${port}`, '--dapr-grpc-port', `${grpcPort}`],
    ...['--dapr-internal-grpc-port', `${options.internalPort ?? anyPort}`, '--resources-path', folder],
    ...['--dapr-listen-addresses', '127.0.0.1', '--dapr-internal-grpc-listen-address', '127.0.0.1'],
    ...['--enable-metrics=false', '--dapr-graceful-shutdown-seconds', '1', '--log-level', 'info'],
    ...(options.appPort === undefined ? [] : ['--app-port', `${options.appPort}`]),
    ...(options.flags ?? []),
  ];
  if (options.config !== undefined) {
    const file = join(folder, 'config.txt');
    writeFileSync(file, options.config);
    flags.push('--config', file);
  }
  const child = spawn(daprProgram('daprd'), flags, {
    env: { ...process.env, DAPR_API_TOKEN: apiToken, APP_API_TOKEN: appToken, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const sidecar = { port, apiToken, pid: child.pid!, log: () => output, stop };
  if (options.wait !== false) await waitForSidecar(sidecar, child);
  return sidecar;
}

async function waitForSidecar(sidecar: Sidecar, child: ChildProcess): Promise<void> {
  const url = `http://127.0.0.1:${sidecar.port}/v1.0/healthz/outbound`;
  await until(
    'daprd to be ready',
    async () => {
      if (child.exitCode !== null) throw new Error(`daprd ended:\n${sidecar.log()}`);
      return fetch(url).then(
        (answer) => answer.ok,
        () => false,
      );
    },
    15_000,
  ).catch((error) => {
    throw new Error(`${error.message}\n${sidecar.log()}`);
  });
}

/** SIGTERM, and SIGKILL after 3 s. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(timer);
}

/** Redis pub/sub as the shop has it, for a Redis on `port`. */
export function pubsubComponent(port: number): string {
  return component('pubsub', 'pubsub.redis', {
    redisHost: `127.0.0.1:${port}`,
    redisPassword: '',
    readTimeout: '1s',
    processingTimeout: '15000',
    redeliverInterval: '2000',
  });
}

/** A component's YAML; JSON is YAML. */
export function component(name: string, type: string, metadata: Record<string, string>): string {
  const entries = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
  return JSON.stringify({
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name },
    spec: { type, version: 'v1', metadata: entries },
  });
}

/** A Configuration whose resolver is a fixed table: app id → internal gRPC port on loopback. */
export function configuration(apps: Record<string, number>, spec: Record<string, unknown> = {}): string {
  const rows = Object.entries(apps).map(([id, port]) => `{{if eq .ID "${id}"}}127.0.0.1:${port}{{end}}`);
  return JSON.stringify({
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Configuration',
    metadata: { name: 'test' },
    spec: {
      nameResolution: { component: 'kubernetes', configuration: { template: rows.join('') } },
      tracing: { samplingRate: '1' },
      ...spec,
    },
  });
}
