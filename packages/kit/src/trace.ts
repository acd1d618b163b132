/** Spans by hand, where no instrumentation knows the meaning; without telemetry all of it costs nothing and works. */
import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('@souk/kit');
const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The W3C traceparent of the active span; undefined without one. */
export function currentTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/**
 * The traceparent to hand on by hand, because nobody records this trace and so no instrumentation passes it on; else
 * undefined.
 */
export function unrecordedTraceparent(): string | undefined {
  return trace.getActiveSpan()?.isRecording() === false ? currentTraceparent() : undefined;
}

/** Runs `work` in a span below the active one; an error marks the span and is thrown on. */
export function withSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return inSpan(context.active(), { name, attributes, kind: SpanKind.INTERNAL }, work);
}

/** Runs `work` in a span below the active one that speaks to another process; without an active one there is no span. */
export function withClientSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  return inSpan(context.active(), { name, attributes: {}, kind: SpanKind.CLIENT }, work);
}

/**
 * Runs `work` in a span that continues the trace of `traceparent`, whatever trace is active: a stored event, order or
 * timer belongs to the trace that made it. Without a valid traceparent a new trace begins.
 */
export function withTraceparent<T>(
  traceparent: string | undefined | null,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const parent = parseTraceparent(traceparent);
  const base = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
  return inSpan(base, { name, attributes: {}, kind: SpanKind.CONSUMER }, work);
}

/** Notes on the active span which order it is about: `make trace ID=…` and Jaeger search by it. */
export function setOrderId(orderId: string): void {
  trace.getActiveSpan()?.setAttribute('order.id', orderId);
}

/** Sends the spans that are still in memory; before the process ends. It waits `timeoutMs` at most and never throws. */
export async function flushSpans(timeoutMs = 1_000): Promise<void> {
  const provider = trace.getTracerProvider() as { getDelegate?: () => { forceFlush?: () => Promise<void> } };
  const flushed = provider.getDelegate?.().forceFlush?.() ?? Promise.resolve();
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
  await Promise.race([flushed.catch(() => {}), deadline]);
}

function parseTraceparent(traceparent: string | undefined | null): SpanContext | undefined {
  const [, traceId, spanId, flags] = traceparentPattern.exec(traceparent ?? '') ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(parent) ? parent : undefined;
}

function inSpan<T>(
  base: Context,
  { name, ...options }: { name: string; attributes: Attributes; kind: SpanKind },
  work: () => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, options, base, async (span: Span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}
