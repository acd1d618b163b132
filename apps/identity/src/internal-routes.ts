/** What other services may ask: public keys, and what to write in a mail. */
import { idSchema } from '@souk/contracts/identifiers';
import { type Route, reply } from '@souk/kit/routes';
import { readLinkToSend } from './account-link.ts';
import type { IdentityDeps } from './identity-deps.ts';
import * as schemas from './schemas.ts';

export function internalRoutes(deps: IdentityDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/internal/jwks',
      operationId: 'readSigningKeys',
      summary: 'Public keys of access tokens (RFC 7517)',
      audience: 'internal',
      responses: { 200: schemas.jwksSchema },
      handle: async () => reply(200, { keys: await deps.keys.published() }),
    },
    {
      method: 'GET',
      path: '/internal/account-links/{requestId}',
      operationId: 'readAccountLink',
      summary: 'Whom to write to and the token of the link; not-found once there is nothing left to send',
      audience: 'internal',
      params: { requestId: idSchema.required() },
      responses: { 200: schemas.accountLinkSchema },
      problems: ['not-found'],
      handle: async ({ params }) =>
        reply(200, await readLinkToSend(deps, params.requestId!), { 'cache-control': 'no-store' }),
    },
  ];
}
