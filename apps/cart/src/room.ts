/** Room for those who begin: when a process has its hands full, new carts wait, and whoever is on the way to an order goes on. */
import { refuse } from '@souk/kit/problem';
import type { Input, Route } from '@souk/kit/routes';

export interface Room {
  /** The same route, counted while it is worked on. */
  counted(route: Route): Route;
  /** Refuses `too-many-requests` with Retry-After while too much is in hand. */
  require(): void;
}

/**
 * A process that keeps up answers within some 20 ms and has a handful of requests in hand; with this many it is behind,
 * and each cart that begins brings half a dozen requests more.
 */
const maxInHand = 16;

/** Makes the counter of a process. A cart counts once, however many requests of its owner wait for their turn. */
export function createRoom(): Room {
  const inHand = new Map<unknown, number>();
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
        }
      };
      return { ...route, handle };
    },
    require() {
      // Not 503: to the mesh that is a process that is ill, which it takes out.
      if (inHand.size > maxInHand)
        refuse('too-many-requests', 'Too many begin at once.', { retryAfterSeconds: 1 });
    },
  };
}
