/** Here an ended session ends at once: identity has the row at hand, other services wait for the token to expire. */
import { refuse } from '@souk/kit/problem';
import type { Route } from '@souk/kit/routes';
import type { IdentityDeps } from './identity-deps.ts';
import { isSessionLive } from './session-store.ts';

/** A route that also refuses (`unauthorised`) tokens whose session has ended or whose account is not in use. */
export function forLiveSessions(route: Route, { db, now }: Pick<IdentityDeps, 'db' | 'now'>): Route {
  if (route.audience !== 'customer' && route.audience !== 'staff') return route;
  return {
    ...route,
    async handle(input) {
      const { caller } = input;
      const live = caller.kind !== 'nobody' && (await isSessionLive(db, caller.sessionId, now()));
      return live ? route.handle(input) : refuse('unauthorised', 'The session has ended.');
    },
  };
}
