/** The local platform's command: `souk.ts <verb>`; the Makefile's verbs call it. */
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { checkoutId, root, state } from './platform/paths.ts';

const verbs: Record<string, () => Promise<unknown>> = {
  up: () => alone(async () => (await import('./platform/up.ts')).bringUp()),
  platform: () => alone(async () => (await import('./platform/up.ts')).bringUpPlatform()),
  down: () => alone(async () => (await import('./platform/down.ts')).bringDown()),
  reset: () => alone(reset),
  status: async () => {
    const works = await (await import('./platform/status.ts')).printStatus();
    if (!works) process.exitCode = 1;
  },
  logs: async () => (await import('./platform/logs.ts')).followLogs(process.env.S),
  restart: async () => (await import('./platform/restart.ts')).restartProcess(process.env.S),
  trace: async () => (await import('./platform/trace.ts')).printTrace(process.env.ID),
  migrate: async () => console.log(`tables: ${await (await import('./migrate/migrate.ts')).migrateAll()}`),
  flag: async () => (await import('./platform/flag.ts')).turnFlag(process.env.NAME, process.env.VALUE),
  rotate: () => alone(async () => (await import('./platform/rotate.ts')).rotate(process.env.SECRET)),
  'mesh-check': async () => {
    const works = await (await import('./mesh/check.ts')).meshCheck();
    if (!works) process.exitCode = 1;
  },
  'ha-test': () => alone(haTest, 'ha-test'),
  'mesh-up': () => alone(async () => (await import('./mesh/mesh-up.ts')).bringMeshUp()),
  // The second half of mesh-up, which calls it.
  'mesh-up-inside': async () => (await import('./mesh/mesh-up.ts')).bringMeshUpInside(),
  'mesh-down': () => alone(async () => (await import('./mesh/mesh-down.ts')).bringMeshDown()),
  'mesh-test': async () => {
    const passed = await (await import('./mesh/mesh-test.ts')).testMesh();
    if (!passed) process.exitCode = 1;
  },
  elasticity: async () => {
    const measured = await (await import('./mesh/mesh-test.ts')).measureElasticity();
    if (!measured) process.exitCode = 1;
  },
  seed: async () => (await import('./platform/seed.ts')).seed(process.env.SIZE),
};

async function reset(): Promise<void> {
  await (await import('./platform/down.ts')).bringDown();
  rmSync(state.data, { recursive: true, force: true });
  console.log(`Deleted ${state.data}: every product, cart, order and mail. Passwords stay. Next: make up`);
}

async function haTest(): Promise<void> {
  const works = await (await import('./ha/ha-test.ts')).haTest();
  if (!works) process.exitCode = 1;
}

/** Refuses to run beside another command that starts or ends the same processes; the lock vanishes with its holder. */
function alone(work: () => Promise<void>, what = 'up, platform, down, reset or rotate'): Promise<void> {
  return new Promise((resolve, reject) => {
    const lock = createServer();
    lock.on('error', () => reject(new Error(`another make ${what} of this checkout is running`)));
    lock.listen(`\0souk-command-${checkoutId}${what === 'ha-test' ? '-ha' : ''}`, () => {
      lock.unref();
      work().then(resolve, reject);
    });
  });
}

// Whoever kills `make` means this too; a command left alone would hold the lock.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 500).unref();

process.chdir(root);
const verb = process.argv[2] ?? '';
const run = verbs[verb];
if (run) {
  run().then(
    () => process.exit(),
    (error: Error) => {
      console.error(`\n${process.env.DEBUG ? error.stack : error.message}`);
      process.exit(1);
    },
  );
} else {
  console.error(`Unknown: "${verb}". Known: ${Object.keys(verbs).join(', ')}`);
  process.exit(2);
}
