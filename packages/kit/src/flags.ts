/** Flags from the configuration store, looked at every two seconds: turned without a restart, and never in the way. */
import { type FeatureFlag, faultFlags, featureFlags, maxFaultDelayMs } from '@souk/contracts/flags';
import type { ServiceName } from '@souk/contracts/ports';
import type { Dapr } from './dapr.ts';
import type { Log } from './log.ts';
import { startPeriodicWork } from './periodic-work.ts';

/** A fault that an operator has planted in this service. */
export interface Fault {
  delayMs: number;
  /** 0 to 100. */
  failPercent: number;
}

export interface Flags {
  /** Whether a feature is on; as it last was while the store is away, and as it is initially before that. */
  isOn(flag: FeatureFlag): boolean;
  fault(): Fault;
}

const everyMs = 2_000;
const noFault: Fault = Object.freeze({ delayMs: 0, failPercent: 0 });

/** Flags as they are without any store. */
export const initialFlags: Flags = Object.freeze({
  isOn: (flag: FeatureFlag) => featureFlags[flag].initial,
  fault: () => noFault,
});

/** Keeps this service's flags up to date. */
export function watchFlags(
  service: ServiceName,
  { dapr, log }: { dapr: Pick<Dapr, 'configuration'>; log: Log },
): Flags & { stop(): Promise<void> } {
  const { delayMs, failPercent } = faultFlags(service);
  const names = [...Object.keys(featureFlags), delayMs, failPercent];
  let values: Record<string, string> = {};
  let fault = noFault;
  const read = async () => {
    values = await dapr.configuration('configstore', names);
    fault = {
      delayMs: bounded(values[delayMs], maxFaultDelayMs),
      failPercent: bounded(values[failPercent], 100),
    };
  };
  const work = startPeriodicWork({ name: 'flags', everyMs, log, work: read });
  return {
    isOn: (flag) => (values[flag] === undefined ? featureFlags[flag].initial : values[flag] === 'true'),
    fault: () => fault,
    stop: () => work.stop(),
  };
}

/** What is not a whole number does nothing: an operator's slip must not stop the shop. */
function bounded(text: string | undefined, max: number): number {
  return /^\d{1,9}$/.test(text ?? '') ? Math.min(Number(text), max) : 0;
}
