// Promises that each queued webhook is signed and sent until accepted, at most 12 times with growing pauses.
import { createHmac } from 'node:crypto';
import { request } from 'undici';
import type { Delivery, DeliveryStore } from './delivery-store.ts';
import type { Faults } from './faults.ts';

export interface SenderDeps {
  deliveries: DeliveryStore;
  faults: Faults;
  url: string;
  secret: string;
  clock: () => number;
  /** Called before each look at the queue: makes the late successes that are due, and so their webhooks. */
  settleDue: () => number;
}
export type WebhookSender = ReturnType<typeof createWebhookSender>;

const maxAttempts = 12;
const tryTimeoutMs = 5_000;
const firstPauseMs = 500;
const longestPauseMs = 60_000;
const inFlightLimit = 16;
const idleMs = 250;

/** The value of `Psp-Signature` for a body sent at `atMs`. */
export function signature(secret: string, body: string, atMs: number): string {
  const t = Math.floor(atMs / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/** How long to wait after the given number of failed tries: 500 ms doubled each time, at most a minute. */
export function pauseMsAfter(attempts: number): number {
  return Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs);
}

/** `start` begins to send, `wake` says that something is due soon, `stop` waits for what is on its way. */
export function createWebhookSender(deps: SenderDeps) {
  const inFlight = new Map<number, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;

  const look = () => {
    if (stopped) return;
    if (!deps.faults.down) {
      deps.settleDue();
      for (const delivery of deps.deliveries.due(deps.clock(), inFlightLimit)) {
        if (inFlight.size >= inFlightLimit || inFlight.has(delivery.id)) continue;
        inFlight.set(
          delivery.id,
          send(deps, delivery).finally(() => {
            inFlight.delete(delivery.id);
            plan();
          }),
        );
      }
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    const dueAtMs = inFlight.size < inFlightLimit ? deps.deliveries.nextDueAtMs() : null;
    const untilDueMs =
      dueAtMs === null ? idleMs : Math.max(dueAtMs - deps.clock(), inFlight.size > 0 ? 20 : 0);
    if (!stopped) timer = setTimeout(look, deps.faults.down ? idleMs : Math.min(untilDueMs, idleMs));
  };
  return {
    start: () => {
      stopped = false;
      plan();
    },
    wake: () => plan(),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(inFlight.values());
    },
  };
}

async function send(deps: SenderDeps, delivery: Delivery): Promise<void> {
  const accepted = await post(deps, delivery);
  const attempts = delivery.attempts + 1;
  if (accepted) deps.deliveries.delivered(delivery.id, deps.clock());
  else if (attempts >= maxAttempts) deps.deliveries.failed(delivery.id, deps.clock());
  else deps.deliveries.postpone(delivery.id, deps.clock() + pauseMsAfter(attempts));
}

async function post(deps: SenderDeps, { body, attempts }: Delivery): Promise<boolean> {
  const headers = {
    'content-type': 'application/json',
    'psp-signature': signature(deps.secret, body, deps.clock()),
    'psp-attempt': String(attempts + 1),
  };
  try {
    const signal = AbortSignal.timeout(tryTimeoutMs);
    const { statusCode, body: answer } = await request(deps.url, { method: 'POST', body, headers, signal });
    await answer.dump();
    return statusCode < 300;
  } catch {
    return false;
  }
}
