/** Routes by which one becomes a customer, proves it, and logs in. */
import { refuse } from '@souk/kit/problem';
import { type Route, reply } from '@souk/kit/routes';
import type { IdentityDeps } from './identity-deps.ts';
import { logIn } from './log-in.ts';
import { refreshSession } from './refresh-session.ts';
import { registerCustomer, verifyEmail } from './register-customer.ts';
import { requestReset, resetPassword } from './reset-password.ts';
import * as schemas from './schemas.ts';
import { endSession } from './session-store.ts';

/** Answers with tokens are for one client alone. */
const noStore = { 'cache-control': 'no-store' };

export function registrationRoutes(deps: IdentityDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/customers',
      operationId: 'registerCustomer',
      summary: 'Become a customer; a mail follows, and the answer is the same for every address',
      audience: 'public',
      body: schemas.registrationSchema,
      responses: { 201: schemas.emptySchema },
      problems: ['shop-closed', 'too-many-requests', 'unavailable'],
      async handle({ body, address }) {
        await registerCustomer(deps, { ...body, address });
        return reply(201, {});
      },
    },
    {
      method: 'PUT',
      path: '/email-verifications/{token}',
      operationId: 'verifyEmail',
      summary: 'Prove a mail address by the link in the mail',
      audience: 'public',
      params: schemas.linkTokenParams,
      responses: { 204: null },
      problems: ['not-found'],
      async handle({ params }) {
        await verifyEmail(deps, params.token!);
        return reply(204);
      },
    },
    {
      method: 'POST',
      path: '/password-resets',
      operationId: 'requestPasswordReset',
      summary: 'Have a link to a new password sent, if anybody has this address',
      audience: 'public',
      body: schemas.resetRequestSchema,
      responses: { 202: schemas.emptySchema },
      problems: ['too-many-requests'],
      async handle({ body, address }) {
        await requestReset(deps, { email: body.email, address });
        return reply(202, {});
      },
    },
    {
      method: 'PUT',
      path: '/password-resets/{token}',
      operationId: 'resetPassword',
      summary: 'Set a password by the link in the mail; ends all sessions',
      audience: 'public',
      params: schemas.linkTokenParams,
      body: schemas.newPasswordSchema,
      responses: { 204: null },
      problems: ['not-found', 'unavailable'],
      async handle({ params, body }) {
        await resetPassword(deps, { token: params.token!, password: body.password });
        return reply(204);
      },
    },
  ];
}

export function sessionRoutes(deps: IdentityDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/sessions',
      operationId: 'logIn',
      summary: 'Log in, customers and staff alike',
      audience: 'public',
      headers: schemas.deviceHeaders,
      body: schemas.credentialsSchema,
      responses: { 201: schemas.sessionSchema },
      problems: [
        'invalid-credentials',
        'email-not-verified',
        'forbidden',
        'too-many-requests',
        'unavailable',
      ],
      async handle({ body, headers, address }) {
        const credentials = { ...body, deviceToken: headers['device-token'], address };
        return reply(201, await logIn(deps, credentials), noStore);
      },
    },
    {
      method: 'POST',
      path: '/sessions/refresh',
      operationId: 'refreshSession',
      summary: 'A new pair of tokens for a refresh token, which works once',
      audience: 'public',
      body: schemas.refreshSchema,
      responses: { 201: schemas.refreshedSchema },
      problems: ['unauthorised'],
      handle: async ({ body }) => reply(201, await refreshSession(deps, body.refreshToken), noStore),
    },
    {
      method: 'DELETE',
      path: '/sessions/current',
      operationId: 'logOut',
      summary: 'End the session of the access token',
      audience: 'buyer',
      responses: { 204: null },
      problems: ['unauthorised'],
      async handle({ caller }) {
        if (caller.kind === 'nobody') return refuse('unauthorised');
        await endSession(deps.db, caller.sessionId, { at: deps.now(), by: 'logout' });
        return reply(204);
      },
    },
  ];
}
