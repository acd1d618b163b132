/** What stands before routes that are not for the public: our sidecar's token, and the call table. */
import { mayCall } from '@souk/contracts/calls';
import type { ServiceName } from '@souk/contracts/ports';
import type { RequestHandler } from 'express';
import { Refusal } from './problem.ts';
import type { Route } from './routes.ts';
import { sameText } from './token.ts';

/** Refuses (401) whatever does not carry the token that only our own sidecar knows (APP_API_TOKEN). */
export function sidecarOnly(appToken: string): RequestHandler {
  return (request, _response, next) => {
    const token = request.get('dapr-api-token');
    next(token !== undefined && sameText(token, appToken) ? undefined : new Refusal('unauthorised'));
  };
}

/** Refuses (403) a service that the call table does not name for this route; the sidecar vouches for the caller's name. */
export function callTableOnly(callee: ServiceName, route: Pick<Route, 'method' | 'path'>): RequestHandler {
  return (request, _response, next) => {
    const caller = request.get('dapr-caller-app-id') ?? '';
    const allowed =
      route.method !== 'PATCH' && mayCall({ caller, callee, method: route.method, path: route.path });
    next(allowed ? undefined : new Refusal('forbidden'));
  };
}
