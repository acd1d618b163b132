/** What stands before a route, by its audience: the sidecar's token, the call table, or the caller's access token. */
import type { ServiceName } from '@souk/contracts/ports';
import type { Request, RequestHandler } from 'express';
import { callerOf, type KeySource, requireCaller } from './auth.ts';
import type { Flags } from './flags.ts';
import { Refusal } from './problem.ts';
import type { Audience, Route } from './routes.ts';
import { callTableOnly, sidecarOnly } from './sidecar.ts';

export interface Edge {
  service: ServiceName;
  /** APP_API_TOKEN. */
  appToken: string;
  keys: KeySource;
  flags: Flags | undefined;
}

const fromNeighbours: readonly Audience[] = ['internal', 'sidecar'];
const withTokens: readonly Audience[] = ['buyer', 'customer', 'staff'];

/** The handlers before a route's own; each passes on or refuses. */
export function entranceOf(route: Route, { service, appToken, keys, flags }: Edge): RequestHandler[] {
  const { audience } = route;
  if (fromNeighbours.includes(audience)) {
    const ours = sidecarOnly(appToken);
    return audience === 'sidecar' ? [timer, ours] : [ours, callTableOnly(service, route)];
  }
  // Before the body is read: whom the route is not for has nothing to say.
  const callers = withTokens.includes(audience) ? [callersOnly(route, keys)] : [];
  return flags ? [plantedFault(flags), ...callers] : callers;
}

/** The ingress adds the address that it saw last; what stands before it, the client may have made up. */
export function addressOf(request: Request): string {
  const forwarded = request.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  return forwarded || (request.socket.remoteAddress ?? 'unknown');
}

const timer: RequestHandler = (_request, response, next) => {
  response.locals.isTimer = true;
  next();
};

function callersOnly(route: Route, keys: KeySource): RequestHandler {
  return async (request, response, next) => {
    response.locals.caller = await callerOf(request.get('authorization'), keys);
    requireCaller(route, response.locals.caller);
    next();
  };
}

/** What an operator has planted with a flag: late, or not at all. */
function plantedFault(flags: Flags): RequestHandler {
  return async (_request, _response, next) => {
    const { delayMs, failPercent } = flags.fault();
    if (delayMs === 0 && failPercent === 0) return next();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    next(Math.random() * 100 < failPercent ? new Refusal('unavailable', 'A planted fault.') : undefined);
  };
}
