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
  /** What was due and found no connection free. */
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

/** Sends as long as the order says; what is under way at the end is waited for. */
export async function hammer(order: HammerOrder): Promise<Hammered> {
  const ready = order.requests.map((request) => bytesOf(request));
  const durations: number[] = [];
  const refusals: number[] = [];
  const tally = { errors: 0, bytes: 0, next: 0, dropped: 0 };
  const free: (() => void)[] = [];
  const begunMs = performance.now();
  const endMs = begunMs + order.seconds * 1_000;
  const loop = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      let sentMs = 0;
      const close = () => {
        socket.destroy();
        resolve();
      };
      const send = () => {
        if (performance.now() >= endMs || (order.once && tally.next >= ready.length)) return close();
        sentMs = performance.now();
        socket.setTimeout(graceMs);
        socket.write(ready[tally.next++ % ready.length]!);
      };
      socket.on('timeout', () => socket.destroy(new Error('no answer')));
      socket.on('error', () => {
        tally.errors += 1;
        close();
      });
      socket.on('close', resolve);
      const wait = () => {
        socket.setTimeout(0);
        free.push(send);
      };
      const next = order.rate === undefined ? send : wait;
      socket.on('connect', next);
      readAnswers(socket, (status, bytes) => {
        const refused = order.refusals?.includes(status);
        (refused ? refusals : durations).push(performance.now() - sentMs);
        tally.bytes += bytes;
        if (status !== order.status && !refused) tally.errors += 1;
        next();
      });
    });
  const timer = order.rate && setInterval(beginner(order.rate, begunMs, endMs, free, tally), tickMs);
  await Promise.all(Array.from({ length: order.connections }, loop));
  if (timer) clearInterval(timer);
  return summary(durations, refusals, tally, (performance.now() - begunMs) / 1_000);
}

/** Begins what is due by now on the connections that are free; at the end it lets them close. */
function beginner(
  rate: number,
  begunMs: number,
  endMs: number,
  free: (() => void)[],
  tally: { dropped: number },
): () => void {
  let begun = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs >= endMs) {
      for (const close of free.splice(0)) close();
      return;
    }
    const due = Math.floor(((nowMs - begunMs) / 1_000) * rate);
    for (; begun < due; begun += 1) {
      const send = free.pop();
      if (send) send();
      else tally.dropped += 1;
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

function summary(
  durations: number[],
  refusals: number[],
  tally: { errors: number; bytes: number; dropped: number },
  seconds: number,
): Hammered {
  const { length } = durations;
  const at = (share: number) => quantile(durations, share);
  return {
    units: length - Math.min(length, tally.errors),
    errors: tally.errors,
    refused: refusals.length,
    refusedP95Ms: quantile(refusals, 0.95),
    dropped: tally.dropped,
    seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
    meanBytes: length === 0 ? 0 : tally.bytes / (length + refusals.length),
  };
}

if (import.meta.main) {
  const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as HammerOrder;
  console.log(JSON.stringify(await hammer(order)));
}
