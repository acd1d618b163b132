/** Server-Sent Events as the HTML standard (§9.2) writes them: frames of text, a heartbeat, and an end for every stream. */
import { Readable } from 'node:stream';

/** `id` and `event` hold no line breaks: they are names of ours. */
export interface StreamEvent {
  /** What the client sends back as Last-Event-ID when it comes again. */
  id: string;
  event: string;
  /** Sent as one line of JSON. */
  data: unknown;
}

export interface EventStream {
  /** The body of the reply; its `close` event tells that nobody reads any more, whoever ended it. */
  body: Readable;
  /** Does nothing once the stream has ended. */
  send(event: StreamEvent): void;
  /** Ends it after what was sent; the client will come again unless it is then answered 204. */
  end(): void;
}

export const eventStreamType = 'text/event-stream';
/** Headers of the reply; no cache and no proxy may hold anything back. */
export const eventStreamHeaders: Readonly<Record<string, string>> = Object.freeze({
  'content-type': eventStreamType,
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
});

/** Less than any idle time on the way: the ingress gives up after 45 s. */
const heartbeatMs = 15_000;
/** Whoever may listen today may not tomorrow: nobody listens longer than an access token lives without asking again. */
const lifeMs = 10 * 60_000;
/** When the client is to come again after the connection was lost. */
const comeAgainMs = 2_000;
/** A client that does not read is let go before it fills our memory. */
const maxBufferedBytes = 65_536;

/** One event as it goes over the wire. JSON has no raw line breaks, so its data is one line. */
export function frameOf({ id, event, data }: StreamEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Opens a stream; `heartbeatMs` and `lifeMs` are for tests. */
export function openEventStream(times: { heartbeatMs?: number; lifeMs?: number } = {}): EventStream {
  const body = new Readable({ read() {} });
  const write = (text: string) => {
    if (body.readableEnded || body.destroyed || ended) return;
    if (body.readableLength > maxBufferedBytes) return void body.destroy();
    body.push(text);
  };
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    body.push(null);
  };
  const heartbeat = setInterval(() => write(': still here\n\n'), times.heartbeatMs ?? heartbeatMs);
  const life = setTimeout(end, times.lifeMs ?? lifeMs);
  body.once('close', () => {
    clearInterval(heartbeat);
    clearTimeout(life);
  });
  write(`retry: ${comeAgainMs}\n\n`);
  return { body, send: (event) => write(frameOf(event)), end };
}
