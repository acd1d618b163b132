/** Prints the spans of one order, or of one trace, as a waterfall. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ports, serviceNames } from '@souk/contracts/ports';

const jaeger = `http://127.0.0.1:${ports.jaegerQuery}`;
const answerLimitMs = 5_000;
const tracesOfAnOrder = 5;
/** Processes send their spans once a second or so; a trace that has not grown for a while is whole. */
const settledAfterMs = 2_500;
const settleLimitMs = 12_000;
const lookEveryMs = 500;
const barWidth = 40;
const traceId = /^[0-9a-f]{32}$/;

interface JaegerSpan {
  spanID: string;
  operationName: string;
  startTime: number;
  duration: number;
  processID: string;
  references: { refType: string; spanID: string }[];
  tags: { key: string; value: unknown }[];
}

export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, { serviceName: string }>;
}

/** Prints every trace of the order id, or the trace of that id; waits while spans still come in. */
export async function printTrace(id: string | undefined): Promise<void> {
  if (!id) throw new Error('make trace ID=<order id or trace id>');
  const traces = await settled(() => (traceId.test(id) ? ask(`/api/traces/${id}`) : tracesOf(id)));
  if (traces.length === 0) throw new Error(`Jaeger knows no spans of ${id}`);
  for (const trace of traces) console.log(renderWaterfall(trace));
}

async function settled(look: () => Promise<JaegerTrace[]>): Promise<JaegerTrace[]> {
  const giveUpAt = Date.now() + settleLimitMs;
  let traces: JaegerTrace[] = [];
  let count = 0;
  let grewAt = Date.now();
  for (;;) {
    traces = await look();
    const seen = traces.reduce((sum, { spans }) => sum + spans.length, 0);
    if (seen !== count) grewAt = Date.now();
    count = seen;
    const whole = count > 0 && (Date.now() - grewAt > settledAfterMs || isOld(traces));
    if (whole || Date.now() > giveUpAt) return traces;
    await sleep(lookEveryMs);
  }
}

/** Nothing is awaited of a trace whose last span began long ago. */
function isOld(traces: readonly JaegerTrace[]): boolean {
  const last = Math.max(...traces.flatMap(({ spans }) => spans.map(({ startTime }) => startTime)));
  return Date.now() - last / 1_000 > settleLimitMs;
}

/** All traces that carry the order's id, oldest first. */
async function tracesOf(orderId: string): Promise<JaegerTrace[]> {
  const tags = encodeURIComponent(JSON.stringify({ 'order.id': orderId }));
  const perService = serviceNames.map((service) =>
    ask(`/api/traces?service=${service}&tags=${tags}&limit=${tracesOfAnOrder}`),
  );
  const ids = new Set((await Promise.all(perService)).flat().map(({ traceID }) => traceID));
  const whole = await Promise.all([...ids].map((id) => ask(`/api/traces/${id}`)));
  return whole.flat().sort((one, other) => startOf(one) - startOf(other));
}

async function ask(path: string): Promise<JaegerTrace[]> {
  const response = await fetch(jaeger + path, { signal: AbortSignal.timeout(answerLimitMs) });
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`Jaeger answers ${response.status} to ${path}`);
  return ((await response.json()) as { data: JaegerTrace[] | null }).data ?? [];
}

const startOf = ({ spans }: JaegerTrace) => Math.min(...spans.map(({ startTime }) => startTime));

/** Children below their parents, in order of time; Jaeger's times are microseconds. */
export function renderWaterfall(trace: JaegerTrace): string {
  const begin = startOf(trace);
  const end = Math.max(...trace.spans.map(({ startTime, duration }) => startTime + duration));
  const total = Math.max(end - begin, 1);
  const rows = inTreeOrder(trace.spans).map(({ span, depth }) => {
    const service = trace.processes[span.processID]?.serviceName ?? '?';
    const failed = span.tags.some(({ key, value }) => key === 'error' && value === true) ? ' !' : '';
    return { label: `${'  '.repeat(depth)}${service} · ${span.operationName}${failed}`, span };
  });
  const width = Math.min(90, Math.max(...rows.map(({ label }) => label.length)));
  const lines = rows.map(({ label, span }) => {
    const offset = span.startTime - begin;
    const left = Math.min(barWidth - 1, Math.floor((offset / total) * barWidth));
    const length = Math.max(1, Math.min(barWidth - left, Math.round((span.duration / total) * barWidth)));
    const bar = `${' '.repeat(left)}${'█'.repeat(length)}`.padEnd(barWidth);
    return `${label.slice(0, width).padEnd(width)}  ${milliseconds(offset)}  ${bar}  ${milliseconds(span.duration)}`;
  });
  const services = new Set(Object.values(trace.processes).map(({ serviceName }) => serviceName));
  const head = `trace ${trace.traceID}: ${trace.spans.length} spans, ${services.size} services, ${milliseconds(total).trim()}`;
  return [head, ...lines].join('\n');
}

const milliseconds = (microseconds: number) => `${(microseconds / 1000).toFixed(1)} ms`.padStart(10);

function inTreeOrder(spans: readonly JaegerSpan[]): { span: JaegerSpan; depth: number }[] {
  const known = new Set(spans.map(({ spanID }) => spanID));
  const parentOf = (span: JaegerSpan) =>
    span.references.find((reference) => known.has(reference.spanID))?.spanID;
  const byTime = [...spans].sort((one, other) => one.startTime - other.startTime);
  const below = (parent: string | undefined, depth: number): { span: JaegerSpan; depth: number }[] =>
    byTime
      .filter((span) => parentOf(span) === parent)
      .flatMap((span) => [{ span, depth }, ...below(span.spanID, depth + 1)]);
  return below(undefined, 0);
}
