/**
 * Starts tracing before anything else is loaded: `node --import @souk/kit/telemetry src/main.ts`. It never stops a
 * service from starting, and a collector that is away costs nothing but the spans.
 */
import { createRequire } from 'node:module';
import { context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { MySQL2Instrumentation } from '@opentelemetry/instrumentation-mysql2';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { traceServers } from './trace-server.ts';

const defaultEndpoint = 'http://127.0.0.1:4318';
/** Asked every second or so by sidecars and probes: no span is worth that. */
const unwatchedPath = /^\/(livez|readyz|openapi\.json|dapr\/|[a-z]+-sweeper(\?|$))/;

start();

function start(): void {
  try {
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'unnamed' }),
      sampler: samplerFor(Number(process.env.OTEL_TRACES_SAMPLER_ARG ?? 1)),
      spanProcessors: [
        new BatchSpanProcessor({ exporter: exporter(), scheduledDelayMillis: 1_000, maxQueueSize: 8_192 }),
      ],
    });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(provider);
    instrument();
  } catch (error) {
    process.stderr.write(
      `${JSON.stringify({ level: 'warn', event: 'telemetry.off', reason: String(error) })}\n`,
    );
  }
}

function exporter(): OTLPTraceExporter {
  const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? defaultEndpoint;
  return new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 2_000 });
}

/**
 * A caller's decision stands. Else a ratio decides, and a client's span without a parent is never kept: it is a poll of
 * the relay or of a health check.
 */
function samplerFor(ratio: number): Sampler {
  const byRatio = new TraceIdRatioBasedSampler(ratio);
  const root: Sampler = {
    shouldSample(base, traceId, _name, kind) {
      if (kind === SpanKind.CLIENT) return { decision: SamplingDecision.NOT_RECORD };
      return byRatio.shouldSample(base, traceId);
    },
    toString: () => `NoOrphanClients{${byRatio}}`,
  };
  return new ParentBasedSampler({ root });
}

function instrument(): void {
  registerInstrumentations({
    instrumentations: [
      new UndiciInstrumentation({
        requireParentforSpans: true,
        // dapr-http.ts itself passes on a trace that nobody records (docs/decisions/0010-tracing.md).
        ignoreRequestHook: () => trace.getActiveSpan()?.isRecording() !== true,
        requestHook: (span, { method, path }) => nameByNeighbour(span, method, path),
      }),
      // Statements with their placeholders: values are people's names and addresses.
      new MySQL2Instrumentation({ maskStatement: true, maskStatementHook: (statement) => statement }),
    ],
  });
  // Loading it here, through require, is what patches it; who imports it later gets the same object.
  createRequire(import.meta.url)('mysql2');
  traceServers(unwatchedPath);
}

const stateVerbs: Record<string, string> = { GET: 'get', POST: 'save', DELETE: 'delete' };

/** `PUT inventory/internal/reservations` instead of `PUT`, without the ids behind it. */
function nameByNeighbour(span: Span, method: string, path: string): void {
  const [, app, route] = /^\/v1\.0\/invoke\/([^/]+)\/method(\/\w+\/[\w-]+)/.exec(path) ?? [];
  const [, topic] = /\/publish\/bulk\/[^/]+\/(.+)$/.exec(path) ?? [];
  const [, store] = /^\/v1\.0\/state\/([\w-]+)/.exec(path) ?? [];
  if (app) span.updateName(`${method} ${app}${route}`);
  else if (topic) span.updateName(`publish ${topic}`);
  else if (store) span.updateName(`${stateVerbs[method]} ${store}`);
}
