/** Answers as bytes: written and named by their ETag once, sent many times. */
import { createHash } from 'node:crypto';
import type { Reply } from '@souk/kit/routes';

/** A 200 whose body is `body` as JSON. Clients may keep it, but must ask each time whether it still holds. */
export function readyJson(body: unknown): Reply {
  return readyBytes(Buffer.from(JSON.stringify(body)), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
  });
}

/** A 200 with these bytes, and an ETag of them. */
export function readyBytes(body: Buffer, headers: Record<string, string>): Reply {
  return { status: 200, body, headers: { ...headers, etag: `"${digestOf(body)}"` } };
}

/** 22 characters that name the bytes. */
export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}
