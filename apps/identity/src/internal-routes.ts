/** What other services may ask: public keys, which the gateway and clients may have too, and what to write in a mail. */
import { idSchema } from '@souk/contracts/identifiers';
import { type Route, reply } from '@souk/kit/routes';
import { readLinkToSend } from './account-link.ts';
import type { IdentityDeps } from './identity-deps.ts';
import * as schemas from './schemas.ts';

/** Shorter than a new key is published ahead of its first use. */
const freshForSeconds = { 'cache-control': 'public, max-age=30' };

export function internalRoutes(deps: IdentityDeps): Route[] {
  const keys = {
    method: 'GET',
    summary: 'Public keys of access tokens (RFC 7517)',
    responses: { 200: schemas.jwksSchema },
    handle: async () => reply(200, { keys: await deps.keys.published() }, freshForSeconds),
  } as const;
  return [
    { ...keys, path: '/internal/jwks', operationId: 'readSigningKeys', audience: 'internal' },
    { ...keys, path: '/jwks.json', operationId: 'readPublicKeys', audience: 'public' },
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
