/** A small service with a route of each kind, for the tests of kit's HTTP edge. */
import { idSchema, linesSchema, skuSchema } from '@souk/contracts/identifiers';
import joi from 'joi';
import { createApp } from '../src/http.ts';
import type { Log } from '../src/log.ts';
import { refuse } from '../src/problem.ts';
import { type Input, type Reply, type Route, reply } from '../src/routes.ts';
import { idempotencyKeySchema, pageQuery } from '../src/validate.ts';

export const appToken = 'token-of-the-application';

/** What a route got, said back. */
const echo = async ({ params, query, headers, body }: Input): Promise<Reply> =>
  reply(200, { params, query, headers, body: body ?? null });
const anything = joi.object().unknown(true);

export interface SmallService {
  /** What GET /failure throws. */
  failure?: () => never;
  log: Log;
}

/** The routes; they carry internal paths of inventory, because the call table is real. */
export function smallRoutes({ failure }: Pick<SmallService, 'failure'>): Route[] {
  const lines = { body: joi.object({ lines: linesSchema.required(), note: joi.string().max(20) }) };
  return [
    {
      ...{ method: 'GET', path: '/things', operationId: 'listThings', summary: 'Lists', audience: 'public' },
      query: { ...pageQuery, q: joi.string().max(40), 'a/b~c': joi.string() },
      responses: { 200: anything },
      handle: echo,
    },
    {
      ...{ method: 'POST', path: '/things', operationId: 'addThing', summary: 'Adds', audience: 'public' },
      ...lines,
      headers: { 'idempotency-key': idempotencyKeySchema.required(), 'cart-token': joi.string().max(60) },
      responses: { 200: anything },
      problems: ['out-of-stock', 'idempotency-key-reused'],
      handle: echo,
    },
    {
      ...{
        method: 'GET',
        path: '/things/{id}',
        operationId: 'readThing',
        summary: 'Reads',
        audience: 'public',
      },
      params: { id: idSchema },
      responses: { 200: anything, 304: null },
      handle: async ({ params }) =>
        reply(200, Buffer.from(JSON.stringify(params)), { etag: '"1"', 'cache-control': 'no-cache' }),
    },
    {
      ...{
        method: 'DELETE',
        path: '/things/{id}',
        operationId: 'dropThing',
        summary: 'Drops',
        audience: 'public',
      },
      params: { id: idSchema },
      responses: { 204: null },
      handle: async () => reply(204),
    },
    {
      ...{ method: 'GET', path: '/failure', operationId: 'fail', summary: 'Fails', audience: 'public' },
      responses: { 200: anything },
      handle: async () => (failure ?? (() => refuse('not-found')))(),
    },
    {
      ...{ method: 'POST', path: '/hooks', operationId: 'hear', summary: 'Hears', audience: 'public' },
      rawBody: true,
      responses: { 200: anything },
      handle: async ({ rawBody }) => reply(200, { hex: rawBody.toString('hex') }),
    },
    {
      ...{ method: 'POST', path: '/pictures', operationId: 'keep', summary: 'Keeps', audience: 'public' },
      rawBody: true,
      bodyLimitBytes: 100_000,
      responses: { 200: anything },
      handle: async ({ rawBody }) => reply(200, { bytes: rawBody.length }),
    },
    {
      method: 'PUT',
      path: '/internal/reservations/{orderId}',
      operationId: 'reserve',
      summary: 'Reserves',
      audience: 'internal',
      params: { orderId: idSchema },
      ...lines,
      responses: { 200: anything },
      handle: echo,
    },
    {
      ...{ method: 'POST', path: '/sweep', operationId: 'sweep', summary: 'Sweeps', audience: 'sidecar' },
      responses: { 204: null },
      handle: async () => reply(204),
    },
    {
      method: 'GET',
      path: '/internal/levels/{sku}',
      operationId: 'nobody',
      summary: 'Is in no call table',
      audience: 'internal',
      params: { sku: skuSchema },
      responses: { 200: anything },
      handle: echo,
    },
  ];
}

/** The app, as `inventory`. */
export const smallApp = ({ failure, log }: SmallService) =>
  createApp({
    service: 'inventory',
    routes: smallRoutes({ ...(failure ? { failure } : {}) }),
    log,
    appToken,
  });
