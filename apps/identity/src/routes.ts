/** The table of contents of identity. */
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import type { Route } from '@souk/kit/routes';
import type { BuiltService } from '@souk/kit/service';
import { customerAdminRoutes, keyAdminRoutes, staffAdminRoutes } from './admin-routes.ts';
import { exportRoutes } from './export-routes.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { internalRoutes } from './internal-routes.ts';
import { forLiveSessions } from './live-session.ts';
import { addressRoutes, meRoutes } from './me-routes.ts';
import { registrationRoutes, sessionRoutes } from './session-routes.ts';

export function identityRoutes(deps: IdentityDeps, events: NonNullable<BuiltService['events']>): Route[] {
  return [
    ...registrationRoutes(deps),
    ...sessionRoutes(deps),
    ...meRoutes(deps),
    ...addressRoutes(deps),
    ...exportRoutes(deps),
    ...customerAdminRoutes(deps),
    ...staffAdminRoutes(deps),
    ...keyAdminRoutes(deps),
    ...deadEventRoutes('identity', events, deps),
    ...auditRoutes('identity', deps),
    ...internalRoutes(deps),
  ].map((route) => forLiveSessions(route, deps));
}
