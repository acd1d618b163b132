/** What a load leaves in the shop's own counters: hops, statements, bytes; and whether everything has come to rest. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { events } from '@souk/contracts/events';
import { ports, portsOf, serviceNames } from '@souk/contracts/ports';
import { hasDatabase } from '@souk/contracts/secrets';
import type { Connection } from 'mysql2/promise';
import { currentSecret } from '../tools/platform/secrets.ts';
import { undoneAtEnd } from './undo.ts';

const answerLimitMs = 5_000;
const lookEveryMs = 200;
/** Longer than the second for which a service keeps its spans. */
const spansRestMs = 1_300;

export interface Counters {
  /** Invocations sent between sidecars. */
  hops: number;
  /** MariaDB's `Questions`, all accounts. */
  statements: number;
  /** What the ingress sent to clients, heads included. */
  bytesOut: number;
  /** Traces that the ingress began. */
  tracesBegun: number;
  /** Requests that came to the ingress: more than the load sent means that somebody else used the shop too. */
  requests: number;
}

/** Reads every counter now. */
export async function readCounters(admin: Connection): Promise<Counters> {
  const [hops, statements, ingress] = await Promise.all([readHops(), readStatements(admin), ingressStats()]);
  return { hops, statements, ...ingress };
}

/** What was counted between two readings. */
export function countedBetween(before: Counters, after: Counters): Counters {
  return {
    hops: after.hops - before.hops,
    statements: after.statements - before.statements,
    bytesOut: after.bytesOut - before.bytesOut,
    tracesBegun: after.tracesBegun - before.tracesBegun,
    requests: after.requests - before.requests,
  };
}

/** Invocations sent by all sidecars since they started. */
export async function readHops(): Promise<number> {
  const texts = await Promise.all(
    serviceNames.map((service) => textAt(`http://127.0.0.1:${portsOf(service).metrics}/metrics`)),
  );
  return texts
    .flatMap((text) => [...text.matchAll(/^dapr_runtime_service_invocation_req_sent_total\{.*\} (\S+)$/gm)])
    .reduce((total, [, count]) => total + Number(count), 0);
}

async function readStatements(admin: Connection): Promise<number> {
  const [rows] = (await admin.query("SHOW GLOBAL STATUS LIKE 'Questions'")) as unknown as [
    { Value: string }[],
  ];
  return Number(rows[0]!.Value);
}

async function ingressStats(): Promise<Omit<Counters, 'hops' | 'statements'>> {
  const text = await textAt(`http://127.0.0.1:${ports.envoyAdmin}/stats?filter=^http.ingress`);
  const value = (name: string) =>
    Number(new RegExp(`^http\\.ingress\\.${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    bytesOut: value('downstream_cx_tx_bytes_total'),
    tracesBegun: value('tracing.random_sampling'),
    requests: value('downstream_rq_total'),
  };
}

/** Waits until no event is unsent and no consumer group lags; answers how long that took, null if it never did. */
export async function untilAtRest(admin: Connection, withinMs = 60_000): Promise<number | null> {
  const begun = performance.now();
  while (performance.now() - begun < withinMs) {
    if ((await unsentEvents(admin)) === 0 && (await unheardEvents()) === 0) {
      return Math.round(performance.now() - begun);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return null;
}

async function unsentEvents(admin: Connection): Promise<number> {
  const parts = serviceNames
    .filter(hasDatabase)
    .map((service) => `(SELECT COUNT(*) FROM \`${service}\`.outbox WHERE sent_at IS NULL)`);
  const [rows] = (await admin.query(`SELECT ${parts.join(' + ')} AS unsent`)) as unknown as [
    { unsent: number }[],
  ];
  return Number(rows[0]!.unsent);
}

/**
 * One look at every topic's stream: entries not yet given out, and those given out and not yet acknowledged. Redis
 * reckons the lag by counters that a trimmed stream can leave behind; a group that had the last entry has had them all.
 */
const lagScript = `local total = 0
local function table_of(pairs)
  local found = {}
  for place = 1, #pairs, 2 do found[pairs[place]] = pairs[place + 1] end
  return found
end
for _, topic in ipairs(KEYS) do
  if redis.call('EXISTS', topic) == 1 then
    local last = table_of(redis.call('XINFO', 'STREAM', topic))['last-generated-id']
    for _, row in ipairs(redis.call('XINFO', 'GROUPS', topic)) do
      local group = table_of(row)
      total = total + group['pending']
      if group['last-delivered-id'] ~= last then total = total + (tonumber(group['lag']) or 0) end
    end
  end
end
return total`;

async function unheardEvents(): Promise<number> {
  const topics = Object.keys(events);
  const { stdout } = await promisify(execFile)(
    'redis-cli',
    ['-p', `${ports.redis}`, '--no-auth-warning', 'EVAL', lagScript, `${topics.length}`, ...topics],
    { env: { ...process.env, REDISCLI_AUTH: currentSecret('redis-password') }, timeout: answerLimitMs },
  );
  const lag = Number(stdout.trim());
  if (!Number.isInteger(lag)) throw new Error(`Redis does not tell its lag: ${stdout}`);
  return lag;
}

/** Spans that Jaeger has saved since it started; those that it received it does not count when they come as OTLP. */
export async function readSpans(): Promise<number> {
  const text = await textAt(`http://127.0.0.1:${ports.jaegerAdmin}/metrics`);
  const counts = [...text.matchAll(/^jaeger_collector_spans_saved_by_svc_total(?:\{.*\})? (\S+)$/gm)];
  if (counts.length === 0) throw new Error('Jaeger does not tell how many spans it has saved');
  return counts.reduce((total, [, count]) => total + Number(count), 0);
}

/** Waits until no more spans come in: services keep theirs for a second before they send them. */
export async function untilSpansRest(withinMs = 15_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  let seen = await readSpans();
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < spansRestMs) {
    if (performance.now() > endMs) throw new Error(`spans still come in after ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    const now = await readSpans();
    if (now !== seen) sinceMs = performance.now();
    seen = now;
  }
}

/** Lets the ingress trace this share of the requests; answers what puts it back. */
export async function sampleTraces(share: number): Promise<() => Promise<void>> {
  const putBack = undoneAtEnd(() => setTraceShare(null));
  await setTraceShare(share);
  return putBack;
}

/** The share of requests that the ingress traces: 0.01 is one in a hundred, 0 none, `null` what its file says. */
export async function setTraceShare(share: number | null): Promise<void> {
  const key = 'tracing.random_sampling';
  // Envoy reads a whole number as percent. An empty value takes the override away: the file's own value holds again.
  const percent = share === null ? '' : share === 0 ? 0 : Math.max(1, Math.round(share * 100));
  const answer = await fetch(`http://127.0.0.1:${ports.envoyAdmin}/runtime_modify?${key}=${percent}`, {
    method: 'POST',
    signal: AbortSignal.timeout(answerLimitMs),
  });
  if (!answer.ok) throw new Error(`the ingress does not take ${key}: ${answer.status}`);
}

async function textAt(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answerLimitMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.text();
}
