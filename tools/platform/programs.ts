/** Every process of the shop: the platform here, the apps and their sidecars from dapr.yaml. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import { eventRetentionProgram } from '../event-retention/program.ts';
import { appPrograms } from '../runner/app-programs.ts';
import type { Program } from '../runner/program.ts';
import { controlPlanePrograms } from './dapr-control-plane.ts';
import {
  cacheFolder,
  checkoutId,
  listenAddress,
  nodeBinary,
  root,
  stack,
  state,
  storesName,
} from './paths.ts';
import { httpAnswers } from './probe.ts';
import { ensureSecrets } from './secrets.ts';
import { stores } from './stores.ts';
import { binaryPath } from './tool-versions.ts';

/** In the environment of every process that we start; by it we find our own again. */
export const processMark = Object.freeze({ SOUK_CHECKOUT: checkoutId });

/** All processes; certificates must be there (see ensureCertificates). */
export const listPrograms = (): Program[] => withEnvironment([...platformPrograms(), ...appPrograms()]);

/** The same programs with what all of them need in their environment, and a fingerprint of everything. */
export function withEnvironment(programs: readonly Program[]): Program[] {
  return programs.map((program) => ({
    ...program,
    env: { ...baseEnvironment(), ...program.env },
    fingerprint: digest(program),
  }));
}

/** The processes that `make platform` starts. */
export function platformPrograms(): Program[] {
  mkdirSync(state.run, { recursive: true });
  return [
    ...stores.database(),
    ...stores.broker(),
    ...(stores.eventsInRedis ? [eventRetentionProgram()] : []),
    ...controlPlanePrograms(),
    jaegerProgram(),
    smtpCatcherProgram(),
    paymentSimulatorProgram(),
    ingressProgram(),
    guardProgram(),
  ];
}

function jaegerProgram(): Program {
  const at = (port: number) => `${listenAddress}:${port}`;
  return {
    name: 'jaeger',
    kind: 'platform',
    command: [
      binaryPath('jaeger', 'jaeger'),
      // With every request traced, 3,000 took 245 MiB.
      '--memory.max-traces=1000',
      `--collector.otlp.grpc.host-port=${at(ports.jaegerOtlpGrpc)}`,
      `--collector.otlp.http.host-port=${at(ports.jaegerOtlpHttp)}`,
      `--query.http-server.host-port=${at(ports.jaegerQuery)}`,
      `--admin.http.host-port=${at(ports.jaegerAdmin)}`,
      // Listeners that nobody uses get a free port each.
      `--query.grpc-server.host-port=${at(0)}`,
      `--collector.grpc-server.host-port=${at(0)}`,
      `--collector.http-server.host-port=${at(0)}`,
      '--log-level=warn',
    ],
    cwd: state.folder,
    env: { SPAN_STORAGE_TYPE: 'memory' },
    ports: {
      traces: ports.jaegerQuery,
      OTLP: ports.jaegerOtlpHttp,
      'OTLP gRPC': ports.jaegerOtlpGrpc,
      admin: ports.jaegerAdmin,
    },
    fingerprint: '',
    health: () => httpAnswers(`http://127.0.0.1:${ports.jaegerAdmin}/`),
  };
}

/** In MiB. With a young generation of less than one, whatever was under way when it was full counted as old and stayed for minutes. */
const catcherHeap = ['--max-old-space-size=128', '--min-semi-space-size=4', '--max-semi-space-size=4'];

function smtpCatcherProgram(): Program {
  return {
    name: 'smtp-catcher',
    kind: 'platform',
    command: [nodeBinary, ...catcherHeap, 'tools/smtp-catcher/main.ts'],
    cwd: root,
    env: { SMTP_HOST: listenAddress },
    ports: { mails: ports.smtpApi, SMTP: ports.smtp },
    fingerprint: '',
    health: () => httpAnswers(`http://127.0.0.1:${ports.smtpApi}/livez`),
  };
}

function paymentSimulatorProgram(): Program {
  const { served } = ensureSecrets();
  mkdirSync(join(state.data, 'psp'), { recursive: true });
  return {
    name: 'psp-simulator',
    kind: 'platform',
    command: [nodeBinary, 'tools/psp-simulator/main.ts'],
    cwd: root,
    env: {
      PSP_PORT: `${ports.pspSimulator}`,
      PSP_HOST: listenAddress,
      PSP_DATA: join(state.data, 'psp/psp.sqlite'),
      PSP_API_KEY: served['psp-api-key']!,
      PSP_WEBHOOK_SECRET: served['psp-webhook-secret']!,
    },
    ports: { 'payment provider': ports.pspSimulator },
    fingerprint: '',
    health: () => httpAnswers(`http://127.0.0.1:${ports.pspSimulator}/livez`),
  };
}

function ingressProgram(): Program {
  const routes = join(root, 'mesh/local/envoy.yaml');
  return {
    name: 'ingress',
    kind: 'platform',
    niceness: 0,
    command: [
      binaryPath('envoy', 'envoy'),
      '--config-path',
      routes,
      '--disable-hot-restart',
      ...['--concurrency', '2'],
      ...['--log-level', 'warning'],
    ],
    cwd: root,
    env: {},
    ports: { shop: ports.ingress, admin: ports.envoyAdmin },
    fingerprint: readFileSync(routes, 'utf8'),
    health: () => httpAnswers(`http://127.0.0.1:${ports.envoyAdmin}/ready`),
  };
}

function guardProgram(): Program {
  const file = (name: string) => join(root, 'tools/runner', name);
  return {
    name: 'guard',
    kind: 'platform',
    // A supervisor that it revives hands its own niceness on.
    niceness: 0,
    command: [
      '/bin/sh',
      file('guard.sh'),
      state.run,
      nodeBinary,
      file('supervisor.ts'),
      join(state.logs, 'supervisor.log'),
    ],
    cwd: root,
    env: {
      SOUK_CACHE: cacheFolder,
      SOUK_STORES: storesName,
      ...(stack === 'mesh' && { SOUK_STACK: stack }),
    },
    ports: {},
    fingerprint: '',
    health: async () => undefined,
  };
}

function baseEnvironment(): Record<string, string> {
  const { PATH = '/usr/bin:/bin', HOME = '/', LANG = 'C.UTF-8' } = process.env;
  return { PATH, HOME, LANG, TZ: 'UTC' };
}

function digest({ command, env, fingerprint }: Program): string {
  return createHash('sha256')
    .update(JSON.stringify([command, env, fingerprint]))
    .digest('hex');
}
