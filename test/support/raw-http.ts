/** HTTP byte by byte over a socket: for requests that no decent client would send. */
import { connect } from 'node:net';
import { ports } from '@souk/contracts/ports';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The text as JSON; undefined if it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
  body: any;
}

/** Sends exactly these bytes to the ingress (or another loopback port) and reads one answer until the other side closes. */
export function sendRaw(
  bytes: string | Buffer,
  { port = ports.ingress as number, timeoutMs = 5_000 } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      // The other side may take its time to close; what it has promised is enough.
      if (!isWhole(Buffer.concat(chunks))) return;
      resolve(read(chunks));
      socket.destroy();
    });
    socket.on('error', (error) => (chunks.length > 0 ? resolve(read(chunks)) : reject(error)));
    socket.on('close', () => (chunks.length > 0 ? resolve(read(chunks)) : reject(new Error('no answer'))));
  });
}

/** Whether the body is as long as its header says. */
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)/i.exec(
    bytes.subarray(0, Math.max(end, 0)).toString('latin1'),
  )?.[1];
  return end > 0 && length !== undefined && bytes.length >= end + 4 + Number(length);
}

/** A request line and headers for {@link sendRaw}; the path goes out as it is. */
export function rawRequest(method: string, path: string, headers: string[] = [], body = ''): string {
  const length = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  return [
    `${method} ${path} HTTP/1.1`,
    'host: shop',
    'connection: close',
    ...headers,
    ...length,
    '',
    body,
  ].join('\r\n');
}

function read(chunks: Buffer[]): RawAnswer {
  const all = Buffer.concat(chunks).toString('utf8');
  const [head = '', ...rest] = all.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  );
  const payload = rest.join('\r\n\r\n');
  const text = headers['transfer-encoding'] === 'chunked' ? unchunk(payload) : payload;
  return { status: Number(line.split(' ')[1]), headers, text, body: asJson(text) };
}

function unchunk(payload: string): string {
  return payload
    .split('\r\n')
    .filter((_line, i) => i % 2 === 1)
    .join('');
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
