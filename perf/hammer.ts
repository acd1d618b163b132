/**
 * A closed loop of HTTP/1.1 requests over kept-alive sockets, as cheap as one can be made in Node: where a load
 * generator that checks much would take the processor from what is measured. Run as `hammer.ts <file with the order>`;
 * prints a {@link Hammered} as JSON. Every status and length is looked at, no body is parsed.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { quantile } from './quantile.ts';

export interface HammerRequest {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface HammerOrder {
  port: number;
  connections: number;
  /** At most, if each request is sent once. */
  seconds: number;
  /** Sent in this order, over and over, each by the connection that is free next. */
  requests: HammerRequest[];
  /** Ends when each has been sent once. */
  once?: boolean;
  /** What each answer must have. */
  status: number;
}

export interface Hammered {
  units: number;
  /** Answers with another status, and lost connections. */
  errors: number;
  seconds: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  meanBytes: number;
}

const graceMs = 10_000;
const headEnd = Buffer.from('\r\n\r\n');

/** Sends as long as the order says; what is under way at the end is waited for. */
export async function hammer(order: HammerOrder): Promise<Hammered> {
  const ready = order.requests.map((request) => bytesOf(request));
  const durations: number[] = [];
  const tally = { errors: 0, bytes: 0, next: 0 };
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
        socket.write(ready[tally.next++ % ready.length]!);
      };
      socket.setTimeout(graceMs, () => socket.destroy(new Error('no answer')));
      socket.on('error', () => {
        tally.errors += 1;
        close();
      });
      socket.on('close', resolve);
      socket.on('connect', send);
      readAnswers(socket, (status, bytes) => {
        durations.push(performance.now() - sentMs);
        tally.bytes += bytes;
        if (status !== order.status) tally.errors += 1;
        send();
      });
    });
  await Promise.all(Array.from({ length: order.connections }, loop));
  return summary(durations, tally, (performance.now() - begunMs) / 1_000);
}

function bytesOf({ method, path, body, headers = {} }: HammerRequest): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', 'user-agent: souk-perf', ...more];
  if (text) head.push('content-type: application/json', `content-length: ${Buffer.byteLength(text)}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
}

/** One answer at a time, each with its length before it or before each of its pieces. */
function readAnswers(socket: Socket, hear: (status: number, bytes: number) => void): void {
  let waiting: Buffer = Buffer.alloc(0);
  let missing = -1;
  let status = 0;
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    if (missing < 0) {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const end = waiting.indexOf(headEnd);
      if (end < 0) return;
      const head = waiting.toString('latin1', 0, end);
      status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined) bytes = end + headEnd.length + Number(length);
      else if (/\r\ntransfer-encoding: chunked/i.test(head))
        bytes = endOfPieces(waiting, end + headEnd.length);
      else return socket.destroy(new Error('an answer without a length'));
      if (bytes < 0) return;
      missing = bytes - waiting.length;
    } else {
      missing -= chunk.length;
    }
    if (missing > 0) return;
    waiting = Buffer.alloc(0);
    missing = -1;
    hear(status, bytes);
  });
}

/** Where an answer in pieces (chunked, without trailers) ends; -1 while some of it is missing. */
function endOfPieces(answer: Buffer, begin: number): number {
  let at = begin;
  for (;;) {
    const lineEnd = answer.indexOf('\r\n', at);
    if (lineEnd < 0) return -1;
    const size = Number.parseInt(answer.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (at > answer.length) return -1;
    if (size === 0) return at;
  }
}

function summary(durations: number[], tally: { errors: number; bytes: number }, seconds: number): Hammered {
  const { length } = durations;
  const at = (share: number) => quantile(durations, share);
  return {
    units: length - Math.min(length, tally.errors),
    errors: tally.errors,
    seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
    meanBytes: length === 0 ? 0 : tally.bytes / length,
  };
}

if (import.meta.main) {
  const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as HammerOrder;
  console.log(JSON.stringify(await hammer(order)));
}
