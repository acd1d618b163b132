/** Turns one flag of the configuration store; every service sees it within two seconds, without a restart. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { faultFlags, featureFlags, maxFaultDelayMs } from '@souk/contracts/flags';
import { ports, serviceNames } from '@souk/contracts/ports';
import { currentSecret } from './secrets.ts';

const limitMs = 5_000;

interface FlagKind {
  name: string;
  /** What it is without an entry. */
  initial: string;
  fits: (value: string) => boolean;
  wants: string;
}

const upTo = (max: number) => ({
  initial: '0',
  fits: (value: string) => /^\d{1,9}$/.test(value) && Number(value) <= max,
  wants: `0 to ${max}`,
});

/** Every flag there is, features first. */
export function flagKinds(): FlagKind[] {
  const features = Object.entries(featureFlags).map(([name, { initial }]) => ({
    name,
    initial: String(initial),
    fits: (value: string) => value === 'true' || value === 'false',
    wants: 'true or false',
  }));
  const faults = serviceNames.flatMap((service) => {
    const { delayMs, failPercent } = faultFlags(service);
    return [
      { name: delayMs, ...upTo(maxFaultDelayMs) },
      { name: failPercent, ...upTo(100) },
    ];
  });
  return [...features, ...faults];
}

/** Sets a flag, or without a value as it is at first; rejects what nobody would understand. */
export async function setFlag(name: string, value: string | undefined): Promise<void> {
  const kind = flagKinds().find((one) => one.name === name);
  if (!kind) throw new Error(`no flag is called ${name}`);
  if (value !== undefined && !kind.fits(value)) throw new Error(`${name} is ${kind.wants}, not ${value}`);
  await redis(['SET', name, value ?? kind.initial]);
}

/** Gives each flag that has no entry its initial one: a sidecar complains at each look for a key that is not there. */
export async function layOutFlags(): Promise<string> {
  const kinds = flagKinds();
  await Promise.all(kinds.map(({ name, initial }) => redis(['SET', name, initial, 'NX'])));
  return `${kinds.length} flags`;
}

/** `make flag NAME=… VALUE=…`; without a name, how all flags stand. */
export async function turnFlag(name: string | undefined, value: string | undefined): Promise<void> {
  if (!name) return printFlags();
  await setFlag(name, value || undefined);
  console.log(`${name} ${value ? `= ${value}` : 'is as it was at first'}; seen by every service within 2 s`);
}

async function printFlags(): Promise<void> {
  const kinds = flagKinds();
  const values = (await redis(['MGET', ...kinds.map(({ name }) => name)])).split('\n');
  kinds.forEach(({ name, initial, wants }, i) => {
    console.log(`${name.padEnd(34)} ${(values[i] || initial).padEnd(6)} ${wants}`);
  });
  console.log('make flag NAME=<flag> VALUE=<value>; without VALUE: as at first');
}

/** The password goes by the environment: command lines are seen by everybody on the machine. */
async function redis(command: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'redis-cli',
    ['-p', `${ports.redis}`, '--no-auth-warning', '-e', ...command],
    { env: { ...process.env, REDISCLI_AUTH: currentSecret('redis-password') }, timeout: limitMs },
  );
  return stdout;
}
