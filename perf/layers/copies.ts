/** Second processes beside the shop's own: the same programs, with as little changed as can be, and one layer less. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { daprConfiguration } from '../../tools/generate/dapr-configuration.ts';
import { bootstrap } from '../../tools/generate/envoy.ts';
import { root } from '../../tools/platform/paths.ts';
import { httpAnswers } from '../../tools/platform/probe.ts';
import { listPrograms } from '../../tools/platform/programs.ts';
import type { Program } from '../../tools/runner/program.ts';
import { type Running, startProgram } from '../children.ts';
import { workFolder } from '../k6.ts';

const startLimitMs = 30_000;
/** Of the copies of sidecars: no component. */
const resources = join(workFolder, 'resources');
const fileName = (name: string) => name.replaceAll(/\W+/g, '-');

export interface Copy extends Running {
  name: string;
  port: number;
  logFile: string;
}

/** What is put in the place of a flag's value; `null` takes the flag away. */
type Flags = Record<string, string | null>;

interface Change {
  /** What it is called in results and logs. */
  name: string;
  port: number;
  health: string;
  flags?: Flags;
  env?: Record<string, string>;
}

async function startCopy(
  original: string,
  { name, port, health, flags = {}, env = {} }: Change,
): Promise<Copy> {
  const program = listPrograms().find((one) => one.name === original);
  if (!program) throw new Error(`the shop has no process ${original}`);
  const copy: Program = {
    ...program,
    name,
    command: withFlags(program.command, flags),
    env: { ...program.env, ...env },
    health: () => httpAnswers(`http://127.0.0.1:${health}`),
  };
  const logFile = join(workFolder, `${fileName(name)}.log`);
  return { name, port, logFile, ...(await startProgram(copy, logFile, startLimitMs)) };
}

/** A command with other values for some of its flags. Throws if it has not got one of them. */
export function withFlags(command: readonly string[], flags: Flags): string[] {
  const changed = [...command];
  for (const [flag, value] of Object.entries(flags)) {
    const at = changed.indexOf(flag);
    if (at < 0) throw new Error(`${command[0]} is not started with ${flag}`);
    const hasValue = changed[at + 1] !== undefined && !changed[at + 1]!.startsWith('--');
    changed.splice(at, hasValue ? 2 : 1, ...(value === null ? [] : [flag, value]));
  }
  return changed;
}

/** Lays a file where the shop does not look, and answers its path. */
function laidOut(name: string, text: string): string {
  mkdirSync(workFolder, { recursive: true });
  const file = join(workFolder, name);
  writeFileSync(file, text);
  return file;
}

/** A second ingress on `port`, its admin interface on the next one; it traces nothing. */
export function startIngress(
  name: string,
  port: number,
  { accessLog }: { accessLog: boolean },
): Promise<Copy> {
  const config = bootstrap();
  const { listeners } = config.static_resources;
  listeners[0]!.address.socket_address.port_value = port;
  config.admin.address.socket_address.port_value = port + 1;
  config.layered_runtime.layers[0]!.static_layer = { 'tracing.random_sampling': 0 };
  const manager: { access_log?: unknown } = listeners[0]!.filter_chains[0]!.filters[0]!.typed_config;
  if (!accessLog) delete manager.access_log;
  const file = laidOut(`${fileName(name)}.yaml`, stringify(config));
  return startCopy('ingress', {
    name,
    port,
    health: `${port + 1}/ready`,
    flags: { '--config-path': file },
  });
}

/** A second process of catalog beside catalog's own sidecar: what a second pod would be. */
export function startCatalog(name: string, port: number, logLevel: 'info' | 'warn'): Promise<Copy> {
  return startCopy('catalog', {
    name,
    port,
    health: `${port}/readyz`,
    env: { APP_PORT: `${port}`, LOG_LEVEL: logLevel },
  });
}

type Pair = 'cart' | 'pricing';

export interface Sidecars {
  caller: Copy;
  callee: Copy;
}

/** What a second pair of sidecars has of the shop's own. */
export interface Guards {
  accessControl: boolean;
  mtls: boolean;
}

/**
 * A second sidecar for cart and one for pricing; what comes to the first's HTTP API (`port`) goes through both. They have
 * no components but resiliency, so that they take no events and no ticks away from the shop's own.
 */
export async function startSidecars(name: string, port: number, guards: Guards): Promise<Sidecars> {
  mkdirSync(resources, { recursive: true });
  copyFileSync(join(root, 'components/resiliency.yaml'), join(resources, 'resiliency.yaml'));
  const calleePort = port + 10;
  const start = (service: Pair, first: number) =>
    startCopy(`${service}-dapr`, {
      name: `${name} of ${service}`,
      port: first,
      health: `${first}/v1.0/healthz`,
      flags: {
        '--dapr-http-port': `${first}`,
        '--dapr-grpc-port': `${first + 1}`,
        '--dapr-internal-grpc-port': `${first + 2}`,
        '--metrics-port': `${first + 3}`,
        '--config': sidecarConfig(`${name} of ${service}`, service, { ...guards, calleePort }),
        '--resources-path': resources,
        // It would offer itself as a host of the app's workflows and timers.
        '--placement-host-address': null,
        '--scheduler-host-address': null,
        ...(guards.mtls ? {} : { '--enable-mtls': null, '--sentry-address': null }),
      },
    });
  const [caller, callee] = await Promise.all([start('cart', port), start('pricing', calleePort)]);
  return { caller, callee };
}

/** Writes the app's own Configuration with other guards and one address, and answers where it lies. */
function sidecarConfig(
  name: string,
  service: Pair,
  { accessControl, mtls, calleePort }: Guards & { calleePort: number },
): string {
  const whole = daprConfiguration(service);
  const { accessControl: guarded, ...spec } = whole.spec;
  const changed = {
    ...spec,
    ...(accessControl && { accessControl: guarded }),
    mtls: { ...spec.mtls, enabled: mtls },
    nameResolution: {
      component: 'kubernetes',
      configuration: { template: `{{if eq .ID "pricing"}}127.0.0.1:${calleePort + 2}{{end}}` },
    },
  };
  return laidOut(`${fileName(name)}.yaml`, stringify({ ...whole, spec: changed }));
}

/** What a copy has written since it started. */
export const logOf = ({ logFile }: Copy) => readFileSync(logFile, 'utf8');
