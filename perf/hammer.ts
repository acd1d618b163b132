/**
 * HTTP/1.1 requests over kept-alive sockets, in a closed loop or at a constant rate, as cheap as they can be made in Node:
 * where a load generator that checks much would take the processor from what is measured. Run as `hammer.ts <file with the order>`;
 * prints a {@link Hammered} as JSON. Every status and length is looked at, no body is parsed.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { readAnswers } from './answers.ts';
import { quantile } from './quantile.ts';

export interface HammerRequest {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface HammerOrder {
  port: number;
  /** With a rate: at most so many at once. */
  connections: number;
  /** Begun a second in all, whether answers come or not; without it each connection goes on as soon as it has an answer. */
  rate?: number;
  /** At most, if each request is sent once. */
  seconds: number;
  /** Sent in this order, over and over, each by the connection that is free next. */
  requests: HammerRequest[];
  /** Ends when each has been sent once. */
  once?: boolean;
  /** What each answer must have. */
  status: number;
  /** What answers "not now" have, if there may be any: they are counted apart. */
  refusals?: number[];
}

export interface Hammered {
  units: number;
  /** Answers with another status, and lost connections. */
  errors: number;
  /** Answers "not now", and the 95th of a hundred times that one took. */
  refused: number;
  refusedP95Ms: number;
  /** What was due and found no connection free; of a rate only. */
  dropped: number;
  seconds: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  meanBytes: number;
}

const graceMs = 10_000;
const tickMs = 5;
const connectMs = 1_000;

interface Connection {
  send(): void;
  close(): void;
}

interface Run {
  order: HammerOrder;
  ready: Buffer[];
  begunMs: number;
  endMs: number;
  /** How long answers took, and how long those that say "not now". */
  durations: number[];
  refusals: number[];
  /** Answers with another status, and connections that ended before an answer or were never made. */
  wrong: number;
  lost: number;
  bytes: number;
  next: number;
  dropped: number;
  /** Connected, and nothing asked. Used with a rate only. */
  free: Set<Connection>;
}

/** Sends as long as the order says; what is under way at the end is waited for. */
export async function hammer(order: HammerOrder): Promise<Hammered> {
  const begunMs = performance.now();
  const run: Run = {
    order,
    ready: order.requests.map((request) => bytesOf(request)),
    ...{ begunMs, endMs: begunMs + order.seconds * 1_000 },
    ...{ durations: [], refusals: [], wrong: 0, lost: 0, bytes: 0, next: 0, dropped: 0, free: new Set() },
  };
  const timer = order.rate === undefined ? undefined : setInterval(beginner(run, order.rate), tickMs);
  await Promise.all(Array.from({ length: order.connections }, () => keepConnected(run)));
  clearInterval(timer);
  return summary(run, (performance.now() - begunMs) / 1_000);
}

/** With a rate, a connection that is lost is made anew; without one it counts as an error, and the others go on. */
async function keepConnected(run: Run): Promise<void> {
  while ((await connection(run)) === 'lost' && run.order.rate !== undefined && performance.now() < run.endMs);
}

/** One connection, until it is closed at the end, lost, or could not be made. */
function connection(run: Run): Promise<'closed' | 'lost' | 'refused'> {
  const { order, ready } = run;
  return new Promise((resolve) => {
    const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
    let sentMs = 0;
    let state: 'connecting' | 'asked' | 'idle' | 'closing' = 'connecting';
    const own: Connection = {
      send() {
        if (performance.now() >= run.endMs || (order.once && run.next >= ready.length)) return own.close();
        state = 'asked';
        sentMs = performance.now();
        socket.setTimeout(graceMs);
        socket.write(ready[run.next++ % ready.length]!);
      },
      close() {
        state = 'closing';
        socket.destroy();
      },
    };
    const goOn = () => {
      if (order.rate === undefined) return own.send();
      state = 'idle';
      socket.setTimeout(0);
      run.free.add(own);
    };
    socket.setTimeout(graceMs, () => socket.destroy());
    // What went wrong is told by the state in which it closes.
    socket.on('error', () => {});
    socket.on('connect', goOn);
    socket.on('close', () => {
      run.free.delete(own);
      if (state === 'asked' || state === 'connecting') run.lost += 1;
      resolve(state === 'closing' ? 'closed' : state === 'connecting' ? 'refused' : 'lost');
    });
    readAnswers(socket, (status, bytes) => {
      const refused = order.refusals?.includes(status);
      (refused ? run.refusals : run.durations).push(performance.now() - sentMs);
      run.bytes += bytes;
      if (status !== order.status && !refused) run.wrong += 1;
      goOn();
    });
  });
}

/** Begins what is due, from when all are connected, a second later at most; at the end it lets them close. */
function beginner(run: Run, rate: number): () => void {
  const { free, order } = run;
  let fromMs = 0;
  let begun = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs >= run.endMs) {
      for (const each of free) each.close();
      return;
    }
    if (fromMs === 0 && free.size < order.connections && nowMs < run.begunMs + connectMs) return;
    fromMs ||= nowMs;
    const due = Math.floor(((nowMs - fromMs) / 1_000) * rate);
    for (; begun < due; begun += 1) {
      const [next] = free;
      if (!next) run.dropped += 1;
      else {
        free.delete(next);
        next.send();
      }
    }
  };
}

function bytesOf({ method, path, body, headers = {} }: HammerRequest): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', 'user-agent: souk-perf', ...more];
  if (text) head.push('content-type: application/json', `content-length: ${Buffer.byteLength(text)}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
}

function summary({ durations, refusals, wrong, lost, dropped, bytes }: Run, seconds: number): Hammered {
  const { length } = durations;
  const at = (share: number) => quantile(durations, share);
  return {
    units: length - wrong,
    errors: wrong + lost,
    refused: refusals.length,
    refusedP95Ms: quantile(refusals, 0.95),
    dropped,
    seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
    meanBytes: length === 0 ? 0 : bytes / (length + refusals.length),
  };
}

if (import.meta.main) {
  const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as HammerOrder;
  console.log(JSON.stringify(await hammer(order)));
}
