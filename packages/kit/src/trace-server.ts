/**
 * A span for each request that this process serves. By hand: OpenTelemetry's instrumentation for node:http takes 0.07 ms CPU
 * a request more (docs/decisions/0010-tracing.md).
 */
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

type Emit = (this: Server, event: string, ...rest: unknown[]) => boolean;

/** From now on every node:http server of this process makes spans, but not for paths that match `unwatched`. */
export function traceServers(unwatched: RegExp): void {
  const tracer = trace.getTracer('@souk/kit/server');
  const emit = Server.prototype.emit as Emit;
  const traced: Emit = function (event, ...rest) {
    const [request, response] = rest as [IncomingMessage, ServerResponse];
    if (event !== 'request' || unwatched.test(request.url ?? '')) return emit.call(this, event, ...rest);
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const caller = trace.getSpanContext(parent);
    // Nobody keeps this trace: it is handed on as it came, and costs nothing more.
    if (caller && !(caller.traceFlags & TraceFlags.SAMPLED))
      return context.with(parent, () => emit.call(this, event, ...rest));
    const { method = 'GET', url = '' } = request;
    const attributes = { 'http.request.method': method, 'url.path': pathOf(url) };
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    const active = trace.setSpan(parent, span);
    response.once('close', () => finish(span, request, response));
    // What listens to the answer's end, e.g. the request log, belongs to the span as well.
    context.bind(active, response);
    return context.with(active, () => emit.call(this, event, ...rest));
  };
  Server.prototype.emit = traced as Server['emit'];
}

/** The path, without the signature of a link that came by mail: who reads traces must not be able to follow it. */
function pathOf(url: string): string {
  return (url.split('?')[0] ?? '').replace(/(\/[0-9A-Z]{26})\.[\w-]{43}$/, '$1.signature');
}

/** Names the span by its route, `GET /orders/:id`, which Express knows only at the end. */
function finish(span: Span, request: IncomingMessage, response: ServerResponse): void {
  const { route } = request as { route?: { path?: unknown } };
  if (typeof route?.path === 'string') {
    span.updateName(`${request.method} ${route.path}`);
    span.setAttribute('http.route', route.path);
  }
  span.setAttribute('http.response.status_code', response.statusCode);
  if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
