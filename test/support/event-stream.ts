/** A client of Server-Sent Events that reads them as they come (WHATWG HTML, section 9.2). */

export interface StreamedEvent {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the test asserts
  data: any;
}

export interface EventStream {
  /** Waits for an event that fits, and answers all that have come so far; fails after `withinMs`. */
  until(fits: (event: StreamedEvent) => boolean, withinMs?: number): Promise<StreamedEvent[]>;
  lastId(): string;
  /** Comments that have come: heartbeats. */
  comments(): number;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close(): void;
}

/** Opens a stream; fails if the answer is not one. */
export async function openEventStream(url: string, headers: Record<string, string>): Promise<EventStream> {
  const control = new AbortController();
  const response = await fetch(url, { headers, signal: control.signal });
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || !type.startsWith('text/event-stream')) {
    throw new Error(`${url}: ${response.status} ${type} ${await response.text()}`);
  }
  const seen: StreamedEvent[] = [];
  let comments = 0;
  let noticed = () => {};
  const ended = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body!) {
      text += decoder.decode(part, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = eventIn(block);
        if (event) seen.push(event);
        else comments += 1;
      }
      noticed();
    }
  })().catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return {
    async until(fits, withinMs = 10_000) {
      const endMs = Date.now() + withinMs;
      while (!seen.some(fits)) {
        const leftMs = endMs - Date.now();
        if (leftMs <= 0) throw new Error(`not within ${withinMs} ms, but ${JSON.stringify(seen)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(leftMs, 1_000));
          noticed = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return [...seen];
    },
    lastId: () => seen.at(-1)?.id ?? '',
    comments: () => comments,
    ended,
    close: () => control.abort(),
  };
}

function eventIn(block: string): StreamedEvent | undefined {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (field) fields[field] = value;
  }
  if (fields.data === undefined) return undefined;
  return { id: fields.id ?? '', event: fields.event ?? 'message', data: JSON.parse(fields.data) };
}
