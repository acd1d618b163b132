/** Prints the spans of one order, or of one trace, as a waterfall. */
import { ports, serviceNames } from '@souk/contracts/ports';

const jaeger = `http://127.0.0.1:${ports.jaegerQuery}`;
const answerLimitMs = 5_000;
const tracesOfAnOrder = 5;
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

/** Prints every trace of the order id, or the trace of that id. */
export async function printTrace(id: string | undefined): Promise<void> {
  if (!id) throw new Error('make trace ID=<order id or trace id>');
  const traces = traceId.test(id) ? await ask(`/api/traces/${id}`) : await tracesOf(id);
  if (traces.length === 0)
    throw new Error(`Jaeger knows no spans of ${id} (yet: spans arrive some seconds late)`);
  for (const trace of traces) console.log(renderWaterfall(trace));
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
