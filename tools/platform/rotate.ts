/** Gives secrets new values while the shop is open: who was known by the old one stays known until the next rotation. */

import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from '@souk/contracts/ports';
import { secretsOf } from '@souk/contracts/secrets';
import { sidecarOf } from '../runner/app-programs.ts';
import { command } from '../runner/control.ts';
import { openAdmin } from './mariadb-admin.ts';
import { untilHealthy } from './probe.ts';
import { listPrograms } from './programs.ts';
import { step } from './progress.ts';
import { newSecret, valuesOf, writeSecrets } from './secrets.ts';

const readyLimitMs = 60_000;
const askAttempts = 5;
const askAgainMs = 1_000;
/** How many values of a key are accepted: the one that signs, and the one before it. */
const acceptedValues = 2;

const database = /^database-(\w+)$/;
const simulatorSecrets = ['psp-api-key', 'psp-webhook-secret'];

/** Names of all secrets that can be rotated: all that services read but a person's password. */
export const rotatable: readonly string[] = [...new Set(Object.values(secretsOf).flat())].filter(
  (name) => name !== 'owner-password',
);

/** `make rotate SECRET=<name>`. */
export async function rotate(name: string | undefined): Promise<void> {
  if (!name || !rotatable.includes(name))
    throw new Error(`make rotate SECRET=<name>, one of: ${rotatable.join(', ')}`);
  await rotateSecrets([name]);
}

/** Rotates all of these at once; resolves when everybody who reads one of them works with the new value. */
export async function rotateSecrets(names: readonly string[]): Promise<void> {
  const next = Object.fromEntries(names.map((name) => [name, nextValues(name)]));
  const accounts = names.flatMap((name) => database.exec(name)?.[1] ?? []);
  if (accounts.length > 0)
    await step('accounts take both passwords', () =>
      allowPasswords(accounts, (service) => [
        ...next[`database-${service}`]!,
        ...valuesOf(`database-${service}`),
      ]),
    );
  await step('secrets', async () => {
    writeSecrets(next);
    return names.join(', ');
  });
  // Who accepts a value must know it before the first one sends it: the provider its key, payments its webhooks' key.
  if (names.includes('psp-api-key')) await restartSimulator();
  const readers = serviceNames.filter((service) => names.some((name) => secretsOf[service].includes(name)));
  await Promise.all(readers.map(restartWithSidecar));
  if (names.includes('psp-webhook-secret')) await restartSimulator();
  if (accounts.length > 0)
    await step('accounts take the new password only', () =>
      allowPasswords(accounts, (service) => valuesOf(`database-${service}`)),
    );
}

/** A password is one value: it is sent, not compared with. Of a key the one before stays. */
function nextValues(name: string): string[] {
  if (database.test(name)) return [newSecret()];
  return [newSecret(), ...valuesOf(name)].slice(0, acceptedValues);
}

/** Lets accounts in by any of these passwords. On MySQL 8 the same is `RETAIN CURRENT PASSWORD`. */
async function allowPasswords(
  services: readonly string[],
  passwordsOf: (service: string) => readonly string[],
): Promise<void> {
  const admin = await openAdmin();
  try {
    for (const service of services) {
      const ways = passwordsOf(service).map(
        (password) => `mysql_native_password USING PASSWORD(${admin.escape(password)})`,
      );
      await admin.query(`ALTER USER '${service}'@'127.0.0.1' IDENTIFIED VIA ${ways.join(' OR ')}`);
    }
  } finally {
    await admin.end();
  }
}

/** The sidecar reads the secrets when it starts, the service asks it when it starts: the old one must be gone by then. */
async function restartWithSidecar(service: string): Promise<void> {
  await persistently(() => command('stop', sidecarOf(service)));
  await Promise.all([restart(sidecarOf(service)), restart(service)]);
}

/** The payment simulator has its two from its environment: it stands for somebody else's machine. */
async function restartSimulator(): Promise<void> {
  const [PSP_API_KEY, PSP_WEBHOOK_SECRET] = simulatorSecrets.map((name) => valuesOf(name).join(','));
  await restart('psp-simulator', { PSP_API_KEY: PSP_API_KEY!, PSP_WEBHOOK_SECRET: PSP_WEBHOOK_SECRET! });
}

async function restart(name: string, env?: Record<string, string>): Promise<void> {
  const program = listPrograms().find((one) => one.name === name)!;
  await step(name, async () => {
    const { pid } = await persistently(() => command('restart', name, env ? { env, keep: true } : {}));
    await untilHealthy(program.health, readyLimitMs);
    return `works again, process ${pid}`;
  });
}

/** The supervisor may itself be replaced at this moment; its successor is there soon, and knows all of its processes. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === askAttempts) throw error;
      await sleep(askAgainMs);
    }
  }
}
