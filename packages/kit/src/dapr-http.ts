/** daprd's HTTP API, for the calls that the SDK cannot make faithfully (docs/decisions/0003-dapr-client.md). */
import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';
import { DeadlineExceeded } from './deadline.ts';
import { unrecordedTraceparent } from './trace.ts';

export interface SidecarRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root of the sidecar, with its query, already encoded. */
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs: number;
}

export interface SidecarAnswer {
  status: number;
  contentType: string;
  /** Of the Retry-After header, if it is a number. */
  retryAfterSeconds: number | undefined;
  /** Of a state. */
  etag: string | undefined;
  text: string;
}

export interface SidecarHttp {
  /** Any status is an answer; only no answer throws. At `timeoutMs` the request is torn down, here and behind. */
  call(request: SidecarRequest): Promise<SidecarAnswer>;
  close(): Promise<void>;
}

/** As many requests as may be under way to the sidecar; more wait, each within its own deadline. */
const connections = 128;

/** Opens a pool of kept-alive connections to the sidecar on this machine. */
export function openSidecarHttp({ port, apiToken }: { port: number; apiToken: string }): SidecarHttp {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, connectTimeout: 1_000 });
  return {
    async call({ method, path, headers, body, timeoutMs }) {
      const traceparent = unrecordedTraceparent();
      // Not AbortSignal.timeout: its timer goes on after the answer, and makes an error that nobody sees.
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new DeadlineExceeded(timeoutMs)), timeoutMs);
      try {
        const response = await pool.request({
          method,
          path,
          headers: {
            ...headers,
            'dapr-api-token': apiToken,
            ...(traceparent === undefined ? {} : { traceparent }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          body: body === undefined ? null : JSON.stringify(body),
          signal: deadline.signal,
        });
        return answerOf(response.statusCode, response.headers, await response.body.text());
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => pool.destroy(),
  };
}

function answerOf(status: number, headers: IncomingHttpHeaders, text: string): SidecarAnswer {
  const retryAfterSeconds = Number(headers['retry-after'] ?? Number.NaN);
  return {
    status,
    contentType: String(headers['content-type'] ?? '').split(';')[0] ?? '',
    retryAfterSeconds: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : undefined,
    etag: headers.etag as string | undefined,
    text,
  };
}
