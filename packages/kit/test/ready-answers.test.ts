/** What lies ready is sent as it is, to everybody and only to them, unless an operator has planted a fault. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import joi from 'joi';
import supertest from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Flags, initialFlags } from '../src/flags.ts';
import { createApp } from '../src/http.ts';
import type { Log } from '../src/log.ts';
import { type Route, reply } from '../src/routes.ts';

const headers = { 'content-type': 'application/json', etag: '"e"' };
const lying = new Map([['/things?n=1', reply(200, Buffer.from('"ready"'), headers)]]);
let handled: string[] = [];
let logged: string[] = [];
const note = (event: string) => void logged.push(event);
const log: Log = { info: note, warn: note, debug: note, error: note };

const things: Route = {
  ...{ method: 'GET', path: '/things', operationId: 'listThings', summary: 'Things', audience: 'public' },
  query: { n: joi.string() },
  responses: { 200: joi.string() },
  ready: (url) => lying.get(url),
  handle: async ({ url }) => {
    handled.push(url);
    return reply(200, 'made');
  },
};

function appWith(flags: Flags = initialFlags, route: Route = things) {
  return createApp({ service: 'catalog', routes: [route], log, appToken: 'x'.repeat(32), flags });
}

beforeEach(() => {
  handled = [];
  logged = [];
});

describe('a ready answer', () => {
  it('is sent without its handler and without a line in the log', async () => {
    const answer = await supertest(appWith()).get('/things?n=1').expect(200);
    expect([answer.body, answer.headers.etag, handled, logged]).toEqual(['ready', '"e"', [], []]);
    await supertest(appWith()).get('/things?n=1').set('if-none-match', '"e"').expect(304);
  });

  it('says by which trace it can be found', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 };
    const app = appWith();
    const { headers: told } = await supertest((request: IncomingMessage, response: ServerResponse) =>
      context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => app(request, response)),
    ).get('/things?n=1');
    context.disable();
    expect(told.traceparent).toBe(`00-${span.traceId}-${span.spanId}-00`);
  });

  it('is of one URL and of GET', async () => {
    const app = appWith();
    await supertest(app).head('/things?n=1').expect(200);
    await supertest(app).get('/things').expect(200);
    await supertest(app).post('/things?n=1').expect(405);
    expect(handled).toEqual(['/things?n=1', '/things']);
  });

  it('waits and fails like any other where a fault is planted', async () => {
    const fault = () => ({ delayMs: 0, failPercent: 100 });
    await supertest(appWith({ ...initialFlags, fault }))
      .get('/things?n=1')
      .expect(503);
  });

  it('is for everybody, or the service does not start', () => {
    expect(() => appWith(initialFlags, { ...things, audience: 'internal' })).toThrow('for everybody');
  });
});
