/** Two processes an app of dapr.yaml, the app and its sidecar, with the flags and variables of the Dapr CLI. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ports as platformPorts } from '@souk/contracts/ports';
import { parse } from 'yaml';
import { daprEnvironment } from '../platform/certificates.ts';
import { goBinary, isGoApp } from '../platform/go-apps.ts';
import { root, storesName } from '../platform/paths.ts';
import { httpAnswers } from '../platform/probe.ts';
import { stores } from '../platform/stores.ts';
import { binaryPath } from '../platform/tool-versions.ts';
import type { Program } from './program.ts';
import { browsingNiceness, usualNiceness } from './stand-back.ts';
import { readTemplate, type TemplateApp } from './template.ts';

const template = join(root, 'dapr.yaml');

/** Name of an app's sidecar among the processes. */
export const sidecarOf = (appId: string) => `${appId}-dapr`;

/** All apps and sidecars. */
export function appPrograms(): Program[] {
  const resourcesPaths = storesName === 'single' ? null : [stores.components()];
  const apps = readTemplate(template).map((app) => (resourcesPaths ? { ...app, resourcesPaths } : app));
  const trust = daprEnvironment();
  return apps.flatMap((app) => [sidecarProgram(app, trust), appProgram(app, trust)]);
}

function appProgram(app: TemplateApp, trust: Record<string, string>): Program {
  return {
    name: app.appId,
    kind: 'app',
    niceness: nicenessOf(app),
    command: app.command,
    cwd: app.folder,
    env: {
      ...trust,
      APP_ID: app.appId,
      APP_PORT: `${app.ports.app}`,
      APP_PROTOCOL: 'http',
      DAPR_HTTP_PORT: `${app.ports.daprHttp}`,
      DAPR_GRPC_PORT: `${app.ports.daprGrpc}`,
      DAPR_METRICS_PORT: `${app.ports.metrics}`,
      ...app.env,
    },
    ports: { HTTP: app.ports.app },
    fingerprint: sourceState(isGoApp(app.appId) ? [goBinary(app.appId)] : nodeSources(app.folder)),
    health: () => httpAnswers(`http://127.0.0.1:${app.ports.app}/readyz`),
  };
}

/** No order waits for these. */
const browsing: readonly string[] = ['catalog', 'recommendations'];
const nicenessOf = ({ appId }: TemplateApp) => (browsing.includes(appId) ? browsingNiceness : usualNiceness);

const nodeSources = (folder: string) => [
  join(folder, 'src'),
  join(root, 'packages'),
  join(root, 'package-lock.json'),
];

function sidecarProgram(app: TemplateApp, trust: Record<string, string>): Program {
  const { daprHttp, daprGrpc, daprInternal, metrics } = app.ports;
  return {
    name: sidecarOf(app.appId),
    kind: 'sidecar',
    niceness: nicenessOf(app),
    command: [binaryPath('dapr', 'daprd'), ...sidecarFlags(app)],
    // Components name files relative to the checkout, as they are when the CLI is started there.
    cwd: root,
    env: { ...trust, ...app.env },
    ports: { 'Dapr HTTP': daprHttp, 'Dapr gRPC': daprGrpc, 'Dapr internal': daprInternal, metrics },
    fingerprint: sourceState([...app.resourcesPaths, ...(app.configFile ? [app.configFile] : [])]),
    health: () => httpAnswers(`http://127.0.0.1:${daprHttp}/v1.0/healthz`),
  };
}

/** daprd's arguments for one app; beyond what the CLI passes, everything is bound to loopback. */
export function sidecarFlags(app: TemplateApp): string[] {
  const { healthCheck: check } = app;
  return [
    ...['--app-id', app.appId, '--app-port', `${app.ports.app}`, '--app-protocol', 'http'],
    ...['--dapr-http-port', `${app.ports.daprHttp}`, '--dapr-grpc-port', `${app.ports.daprGrpc}`],
    ...['--dapr-internal-grpc-port', `${app.ports.daprInternal}`, '--metrics-port', `${app.ports.metrics}`],
    ...['--dapr-listen-addresses', '127.0.0.1', '--dapr-internal-grpc-listen-address', '127.0.0.1'],
    ...['--metrics-listen-address', '127.0.0.1', '--log-level', app.logLevel],
    ...['--placement-host-address', `127.0.0.1:${platformPorts.placement}`],
    ...['--scheduler-host-address', `127.0.0.1:${platformPorts.scheduler}`],
    ...app.resourcesPaths.flatMap((path) => ['--resources-path', path]),
    ...(app.configFile ? ['--config', app.configFile] : []),
    ...(check ? ['--enable-app-health-check', '--app-health-check-path', check.path] : []),
    ...(check ? ['--app-health-probe-interval', `${check.intervalSeconds}`] : []),
    ...(check ? ['--app-health-probe-timeout', `${check.timeoutMs}`] : []),
    ...(check ? ['--app-health-threshold', `${check.threshold}`] : []),
    ...(wantsMtls(app) ? ['--enable-mtls', '--sentry-address', `127.0.0.1:${platformPorts.sentry}`] : []),
  ];
}

function wantsMtls(app: TemplateApp): boolean {
  if (!app.configFile) return false;
  const configuration = parse(readFileSync(app.configFile, 'utf8')) as {
    spec?: { mtls?: { enabled?: boolean } };
  };
  return configuration.spec?.mtls?.enabled === true;
}

/** Changes whenever a file below the paths is written: `make up` then starts the process anew. */
function sourceState(paths: readonly string[]): string {
  let newestMs = 0;
  let files = 0;
  const look = (path: string): void => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path))
        if (name !== 'node_modules' && name !== 'test') look(join(path, name));
      return;
    }
    files += 1;
    newestMs = Math.max(newestMs, stat.mtimeMs);
  };
  for (const path of paths) look(path);
  return `${files}@${newestMs}`;
}
