/** Brings the shop up from whatever state it is in; killed at any point, it can be run again. */
import { mkdirSync } from 'node:fs';
import { ports } from '@souk/contracts/ports';
import { migrateAll } from '../migrate/migrate.ts';
import { command } from '../runner/control.ts';
import { isAlive } from '../runner/process-table.ts';
import type { Program } from '../runner/program.ts';
import { readRunRecords } from '../runner/run-files.ts';
import { hasCertificates, makeCertificates, writeEnvFile } from './certificates.ts';
import { controlPlanePrograms } from './dapr-control-plane.ts';
import { bringDown, endLostProcesses } from './down.ts';
import { layOutFlags } from './flag.ts';
import { buildGoApps } from './go-apps.ts';
import { buildGoBinaries, installEnvoy, installSystemPackages, linkForDaprCli } from './install.ts';
import { takenPortMessage, takenPorts } from './listening-ports.ts';
import { state } from './paths.ts';
import { httpAnswers, untilHealthy } from './probe.ts';
import { listPrograms } from './programs.ts';
import { step } from './progress.ts';
import { seedOnce } from './seed.ts';
import { readyLimitMs, start, waitFor } from './start-programs.ts';
import { stores } from './stores.ts';
import { replaceSupervisor, supervisorIdentity } from './supervisor-process.ts';

/** Everything: the platform, tables, a first catalogue, apps and sidecars. Resolves when the shop sells. */
export async function bringUp(): Promise<void> {
  const programs = await prepare(() => true);
  const apps = programs.filter(({ kind }) => kind === 'app');
  const sidecars = programs.filter(({ kind }) => kind === 'sidecar');
  await Promise.all([
    startControlPlane(programs).then(() => Promise.all(sidecars.map(({ name }) => command('start', name)))),
    startRest(programs),
    Promise.all([describeApi(), startDatabase(programs, seedOnce)]).then(() => start(apps)),
  ]);
  await Promise.all(sidecars.map(waitFor));
  await step('ingress', async () => {
    await untilHealthy(
      () => httpAnswers(`http://127.0.0.1:${ports.ingress}/api/v1/categories`),
      readyLimitMs,
    );
    return 'the shop answers';
  });
  console.log(addresses);
}

/** The platform alone, for people who start the apps with the Dapr CLI. */
export async function bringUpPlatform(): Promise<void> {
  const programs = await prepare(({ kind }) => kind === 'platform');
  await Promise.all([
    startControlPlane(programs),
    startRest(programs),
    describeApi(),
    startDatabase(programs, async () => undefined),
  ]);
  await step('Dapr CLI', async () => linkForDaprCli());
  console.log('\nThe platform runs. Start the apps with:\n  set -a; . .souk/env; set +a; dapr run -f .');
}

const addresses = `
The shop is open.
  shop      http://127.0.0.1:${ports.ingress}/api/v1
  mails     http://127.0.0.1:${ports.smtpApi}/mails
  payments  http://127.0.0.1:${ports.pspSimulator}
  traces    make trace ID=<order id>   (http://127.0.0.1:${ports.jaegerQuery})
  more      make status, make logs S=orders, make down`;

/** Installs what is missing, looks at the ports, and leaves a supervisor that knows today's programs. */
async function prepare(wanted: (program: Program) => boolean): Promise<Program[]> {
  mkdirSync(state.data, { recursive: true });
  await step('system packages', installSystemPackages);
  await step('Dapr and Jaeger', buildGoBinaries);
  await step('Envoy', installEnvoy);
  await step('services in Go', buildGoApps);
  const programs = listPrograms().filter(wanted);
  const living = readRunRecords().filter((record) => record.pid !== 0 && isAlive(record));
  const supervisor = supervisorIdentity();
  const lost = await endLostProcesses(supervisor ? [...living, supervisor] : living);
  await step('ports', async () => {
    refuseTakenPorts(programs.filter(({ name }) => !living.some((record) => record.name === name)));
    return lost > 0 ? `free, after ending ${lost} processes of an earlier run` : 'free';
  });
  if (!hasCertificates()) {
    await bringDown();
    await step('certificates', () => makeCertificates(controlPlanePrograms()[0]!));
  }
  writeEnvFile();
  await step('folders of data', stores.prepare);
  await step('supervisor', replaceSupervisor);
  return programs;
}

function refuseTakenPorts(programs: readonly Program[]): void {
  const needs = programs.flatMap(({ name, ports: own }) =>
    Object.entries(own).map(([purpose, port]) => ({ port, purpose: `${name} (${purpose})` })),
  );
  const taken = takenPorts(needs);
  if (taken.length > 0) throw new Error(taken.map(takenPortMessage).join('\n'));
}

const trusting = ['placement', 'scheduler'];
const databaseNames = stores.database().map(({ name }) => name);
const brokerNames = stores.broker().map(({ name }) => name);

/** What sidecars need to come up; sentry before those that ask it for certificates. */
async function startControlPlane(programs: readonly Program[]): Promise<void> {
  const named = (...names: string[]) => programs.filter(({ name }) => names.includes(name));
  const broker = startInTurn(named(...brokerNames)).then(() => step('flags', layOutFlags));
  await Promise.all([broker, start(named('sentry')).then(() => start(named(...trusting)))]);
}

/** Processes that need nobody. */
function startRest(programs: readonly Program[]): Promise<void> {
  const elsewhere = [...databaseNames, ...brokerNames, 'sentry', ...trusting];
  return start(programs.filter(({ kind, name }) => kind === 'platform' && !elsewhere.includes(name)));
}

/** Imported late: it loads every service. */
async function describeApi(): Promise<void> {
  const { writeMergedOpenApi } = await import('../generate/merged-openapi.ts');
  await step('API document', () => writeMergedOpenApi(state.openApi));
}

async function startDatabase(programs: readonly Program[], seed: () => Promise<void>): Promise<void> {
  await startInTurn(programs.filter(({ name }) => databaseNames.includes(name)));
  await step('tables', () => migrateAll());
  await seed();
}

/** Each when the one before works. */
async function startInTurn(programs: readonly Program[]): Promise<void> {
  for (const program of programs) await start([program]);
}
