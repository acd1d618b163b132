/** Room for those who begin: when a process has its hands full, new carts wait, and whoever is on the way to an order goes on. */
import { Refusal, refuse } from '@souk/kit/problem';
import type { Input, Route } from '@souk/kit/routes';

export interface Room {
  /** The same route, counted while it is worked on. */
  counted(route: Route): Route;
  /** Resolves when a new cart may begin; refuses `too-many-requests` with Retry-After where that would take too long. */
  enter(): Promise<void>;
}

/**
 * A process that keeps up answers within some 20 ms and has a handful of requests in hand; with this many it is behind,
 * and each cart that begins brings half a dozen requests more. Who waits is there when it has caught up: it is never idle.
 */
const maxInHand = 10;
/** The ingress lets fewer in, so that it is the one to refuse: it does not have to wait for this process's turn. */
const maxWaiting = 32;
/** Shorter than the ingress waits for an answer. */
const maxWaitMs = 2_000;

/** Makes the counter of a process. A cart counts once, however many requests of its owner wait for their turn. */
export function createRoom(): Room {
  const inHand = new Map<unknown, number>();
  /** First come, first served. */
  const waiting = new Set<() => void>();
  const isFull = () => inHand.size - waiting.size > maxInHand;
  const letIn = () => {
    for (const begin of waiting) {
      if (inHand.size - waiting.size >= maxInHand) return;
      begin();
    }
  };
  return {
    counted(route) {
      const handle = async (input: Input) => {
        const whose = input.params.id ?? input;
        inHand.set(whose, (inHand.get(whose) ?? 0) + 1);
        try {
          return await route.handle(input);
        } finally {
          const left = inHand.get(whose)! - 1;
          if (left > 0) inHand.set(whose, left);
          else inHand.delete(whose);
          letIn();
        }
      };
      return { ...route, handle };
    },
    async enter() {
      if (!isFull()) return;
      if (waiting.size >= maxWaiting) refuse(...busy);
      await new Promise<void>((resolve, reject) => {
        const begin = () => {
          clearTimeout(timer);
          waiting.delete(begin);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(begin);
          reject(new Refusal(...busy));
        }, maxWaitMs);
        waiting.add(begin);
      });
    },
  };
}

// Not 503: to the mesh that is a process that is ill, which it takes out.
const busy = ['too-many-requests', 'Too many begin at once.', { retryAfterSeconds: 1 }] as const;
