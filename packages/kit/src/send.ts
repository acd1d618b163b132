/** Sends what a route answered: JSON, ready bytes or a stream, with 304 for who has the bytes already. */
import { pipeline, Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { Reply } from './routes.ts';

/** Sends a reply; of a Buffer with an ETag that the client names, only that it still holds. */
export function send(response: Response, { status, body, headers = {} }: Reply, request: Request): void {
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name]!);
  if (body === undefined) return void response.end();
  if (body instanceof Readable) return void sendStream(response, body, request);
  if (!Buffer.isBuffer(body)) return void sendJson(response, body, request);
  if (request.headers['if-none-match'] !== undefined && request.fresh) {
    response.statusCode = 304;
    response.removeHeader('content-type');
    return void response.end();
  }
  if (!headers['content-type']) response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', body.length);
  response.end(body);
}

/** Express makes an ETag of every answer; only readers have a use for it. */
function sendJson(response: Response, body: unknown, { method }: Request): void {
  if (method === 'GET' || method === 'HEAD') return void response.json(body);
  const bytes = Buffer.from(JSON.stringify(body));
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

/** A stream ends with its client, who may have gone already, and the answer with its stream; HEAD wants the headers only. */
function sendStream(response: Response, body: Readable, { method }: Request): void {
  if (method === 'HEAD' || response.destroyed) {
    body.destroy();
    return void response.end();
  }
  response.flushHeaders();
  pipeline(body, response, () => {});
}
