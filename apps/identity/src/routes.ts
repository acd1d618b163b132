/** The table of contents of identity. */
import type { Route } from '@souk/kit/routes';
import type { IdentityDeps } from './identity-deps.ts';
import { internalRoutes } from './internal-routes.ts';
import { registrationRoutes, sessionRoutes } from './session-routes.ts';

export function identityRoutes(deps: IdentityDeps): Route[] {
  return [...registrationRoutes(deps), ...sessionRoutes(deps), ...internalRoutes(deps)];
}
