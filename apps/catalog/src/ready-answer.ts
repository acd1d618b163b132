/** Answers as bytes: written and named by their ETag once, sent many times. */
import { createHash } from 'node:crypto';
import type { Reply } from '@souk/kit/routes';

/** A 200 whose body is `body` as JSON. Clients may keep it, but must ask each time whether it still holds. */
export function readyJson(body: unknown): Reply {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' };
  return readyBytes(Buffer.from(JSON.stringify(body)), headers);
}

/** A 200 with these bytes, and an ETag of them. */
export function readyBytes(bytes: Buffer, headers: Record<string, string>): Reply {
  // Memory of their own: Node cuts small buffers out of 64 kB, and an answer of 1 kB that is kept would keep all of it.
  const body = Buffer.from(new Uint8Array(bytes).buffer);
  return { status: 200, body, headers: { ...headers, etag: `"${digestOf(body)}"` } };
}

/** 22 characters that name the bytes. */
export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}
