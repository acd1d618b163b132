// Promises the table of contents of payments: one row a route.
import { idSchema } from '@souk/contracts/identifiers';
import { refuse } from '@souk/kit/problem';
import { type Route, reply } from '@souk/kit/routes';
import joi from 'joi';
import { authorisePayment } from './authorise-payment.ts';
import { type PaymentsDeps, readPayment } from './change-payment.ts';
import { receiveEvent } from './receive-webhook.ts';
import { refundPayment } from './refund-payment.ts';
import * as schemas from './schemas.ts';
import { createSweeper } from './sweep-payments.ts';
import { voidPayment } from './void-payment.ts';

const orderParams = { orderId: idSchema.required() };

export function paymentsRoutes(deps: PaymentsDeps): Route[] {
  return [...publicRoutes(deps), ...internalRoutes(deps), sweeperRoute(deps)];
}

function publicRoutes(deps: PaymentsDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/payment-methods',
      operationId: 'listPaymentMethods',
      summary: 'How a buyer can pay',
      audience: 'public',
      responses: { 200: schemas.methodsSchema },
      handle: async () => reply(200, schemas.methodsOf(deps.provider.name)),
    },
    {
      method: 'POST',
      path: '/payments/webhooks/{provider}',
      operationId: 'receiveProviderEvent',
      summary: 'What a payment provider has to tell, signed over the raw body',
      audience: 'public',
      params: { provider: joi.string().max(32).required() },
      headers: { 'psp-signature': joi.string().max(200) },
      rawBody: true,
      responses: { 200: joi.object({ received: joi.boolean().required() }) },
      problems: ['unauthorised', 'malformed-json', 'not-found'],
      handle: async ({ params, headers, rawBody }) => {
        if (params.provider !== deps.provider.name) refuse('not-found');
        const bytes = Buffer.isBuffer(rawBody) ? rawBody : Buffer.alloc(0);
        await receiveEvent(deps, deps.provider.readEvent(bytes, headers['psp-signature']));
        return reply(200, { received: true });
      },
    },
  ];
}

function internalRoutes(deps: PaymentsDeps): Route[] {
  return [
    {
      method: 'PUT',
      path: '/internal/payments/{orderId}',
      operationId: 'authorisePayment',
      summary: "Hold an order's amount, or tell what became of it",
      audience: 'internal',
      params: orderParams,
      body: schemas.paymentRequestSchema,
      responses: { 200: schemas.authorisationSchema },
      problems: ['order-closed', 'idempotency-key-reused'],
      handle: async ({ params, body }) => {
        const payment = await authorisePayment(deps, { ...body, orderId: params.orderId });
        return reply(200, schemas.authorisationOf(payment));
      },
    },
    {
      method: 'DELETE',
      path: '/internal/payments/{orderId}',
      operationId: 'voidPayment',
      summary: 'Give back what is held for an order, or make sure that it never is',
      audience: 'internal',
      params: orderParams,
      responses: { 200: schemas.voidSchema },
      problems: ['already-dispatched'],
      handle: async ({ params }) => reply(200, { state: await voidPayment(deps, params.orderId ?? '') }),
    },
    {
      method: 'GET',
      path: '/internal/payments/{orderId}',
      operationId: 'readPayment',
      summary: 'The payment of an order',
      audience: 'internal',
      params: orderParams,
      responses: { 200: schemas.paymentSchema },
      handle: async ({ params }) =>
        reply(200, schemas.paymentOf(await readPayment(deps, params.orderId ?? ''))),
    },
    {
      method: 'PUT',
      path: '/internal/refunds/{refundId}',
      operationId: 'refundPayment',
      summary: 'Give captured money back',
      audience: 'internal',
      params: { refundId: idSchema.required() },
      body: schemas.refundRequestSchema,
      responses: { 200: schemas.refundSchema },
      problems: ['refund-too-high', 'idempotency-key-reused', 'not-found'],
      handle: async ({ params, body }) => {
        return reply(
          200,
          schemas.refundOf(await refundPayment(deps, { ...body, refundId: params.refundId })),
        );
      },
    },
  ];
}

function sweeperRoute(deps: PaymentsDeps): Route {
  const sweep = createSweeper(deps);
  return {
    method: 'POST',
    path: '/payments-sweeper',
    operationId: 'sweepPayments',
    summary: 'Finish what stands still; called by the cron binding of this name',
    audience: 'sidecar',
    responses: { 200: joi.object({ count: joi.number().required() }) },
    handle: async () => reply(200, { count: await sweep() }),
  };
}
