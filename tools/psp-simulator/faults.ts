// Promises the knobs that a test may turn while the simulator runs; a restart turns them all back.

/** `declineRate` 0..1 of ordinary cards, delays in milliseconds, `down` answers 503 and keeps webhooks back. */
export interface Faults {
  declineRate: number;
  latencyMs: number;
  webhookDelayMs: number;
  timeoutMs: number;
  lateMs: number;
  down: boolean;
}

/** The delays that the process was started with: `tok_timeout`'s answer, `tok_late`'s success, each webhook. */
export type Delays = Pick<Faults, 'webhookDelayMs' | 'timeoutMs' | 'lateMs'>;

/** The state without faults. */
export function noFaults(delays: Delays): Faults {
  return { declineRate: 0, latencyMs: 0, down: false, ...delays };
}
