/** Answers that lie ready as bytes, before Express does anything with a request. */
import type { RequestListener } from 'node:http';
import { trace } from '@opentelemetry/api';
import fresh from 'fresh';
import type { Flags } from './flags.ts';
import { expressPath, type Reply, type Route } from './routes.ts';
import { currentTraceparent } from './trace.ts';

/**
 * Sends what lies ready before anything is matched, parsed or logged: the ingress's line is the only one of it. All else,
 * and everything while an operator has planted a fault, is for `app`. Throws if a route that is not public has such answers.
 */
export function withReadyAnswers(
  app: RequestListener,
  routes: readonly Route[],
  flags: Flags | undefined,
): RequestListener {
  const peeks = [...new Set(routes.flatMap(({ ready }) => ready ?? []))];
  if (routes.some(({ ready, audience }) => ready && audience !== 'public'))
    throw new Error('Only what is for everybody can lie ready.');
  if (peeks.length === 0) return app;
  const find = (url: string): Reply | undefined => {
    const { delayMs = 0, failPercent = 0 } = flags?.fault() ?? {};
    if (delayMs + failPercent > 0) return undefined;
    for (const peek of peeks) {
      const ready = peek(url);
      if (ready) return ready;
    }
    return undefined;
  };
  const paths = routes.filter(({ ready }) => ready).map(patternOf);
  return (request, response) => {
    const { url = '' } = request;
    const ready = request.method === 'GET' ? find(url) : undefined;
    if (!ready) return app(request, response);
    // Spans are named by their route, which only Express knows.
    if (trace.getActiveSpan()?.isRecording())
      Object.assign(request, { route: paths.find(({ pattern }) => pattern.test(url)) });
    const { status, body, headers = {} } = ready;
    const traceparent = currentTraceparent();
    const told = traceparent === undefined ? headers : { ...headers, traceparent };
    if (fresh(request.headers, headers)) return void response.writeHead(304, withoutType(told)).end();
    const bytes = body as Buffer;
    response.writeHead(status, { ...told, 'content-length': bytes.length }).end(bytes);
  };
}

function patternOf({ path }: Route): { path: string; pattern: RegExp } {
  return { path: expressPath(path), pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?|$)`) };
}

function withoutType({ 'content-type': _, ...others }: Record<string, string>): Record<string, string> {
  return others;
}
