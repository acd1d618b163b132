/** The flags that operators turn while the shop runs, kept in the configuration store (`make flag NAME=… VALUE=…`). */
import type { ServiceName } from './ports.ts';

/** Name → what it is without an entry in the store, and what it does. */
export const featureFlags = Object.freeze({
  'checkout-open': { initial: true, help: 'whether orders are taken; off, POST /orders answers shop-closed' },
  'registration-open': { initial: true, help: 'whether new customers may register' },
} as const);
export type FeatureFlag = keyof typeof featureFlags;

/** Faults that an operator plants in one service, to see how the rest bears it. 0 without an entry. */
export function faultFlags(service: ServiceName): { delayMs: string; failPercent: string } {
  return { delayMs: `fault-${service}-delay-ms`, failPercent: `fault-${service}-fail-percent` };
}

/** The longest delay that can be planted, in milliseconds. */
export const maxFaultDelayMs = 5_000;
