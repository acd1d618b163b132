// Promises the payments port over the simulator's HTTP API: one deadline a call, every answer read with suspicion.
import { createHmac } from 'node:crypto';
import { refuse } from '@souk/kit/problem';
import { sameText } from '@souk/kit/token';
import joi from 'joi';
import { request as httpRequest } from 'undici';
import type { Outcome, PaymentsProvider, ProviderEvent, ProviderReply } from './payments-provider.ts';

export interface SimulatorOptions {
  url: string;
  apiKey: string;
  /** The current secret and, while it is being rotated, the one before. */
  webhookSecrets: readonly string[];
  now: () => Date;
}
interface ProviderRequest {
  method: 'GET' | 'POST';
  path: string;
  body?: object;
  key?: string;
  deadlineMs?: number;
}

/** Placing an order leaves 1,200 ms for payments, cancelling one 500 ms; what takes longer is finished by the sweeper. */
const deadlineMs = 1_100;
const voidDeadlineMs = 400;

const toleranceSeconds = 300;
const maxAnswerBytes = 64 * 1_024;
const statuses = ['processing', 'requires_action', 'authorised', 'declined', 'captured', 'voided'] as const;

const paymentSchema = joi
  .object({
    id: joi.string().max(80).required(),
    orderId: joi.string().max(64).required(),
    amount: joi.number().integer().min(1).required(),
    currency: joi.string().length(3).required(),
    status: joi
      .string()
      .valid(...statuses)
      .required(),
    declineCode: joi.string().max(64).allow(null),
    action: joi.object({ url: joi.string().uri().max(2_000).required() }).unknown(),
  })
  .unknown();
const eventSchema = joi
  .object({
    id: joi.string().max(80).required(),
    type: joi.string().max(48).required(),
    data: joi.object({ payment: paymentSchema.required() }).unknown().required(),
  })
  .unknown();

interface ProviderPayment {
  id: string;
  orderId: string;
  amount: number;
  currency: string;
  status: (typeof statuses)[number];
  declineCode?: string | null;
  action?: { url: string };
}

/** The adapter; it opens no connection before the first call. */
export function createSimulatorProvider(options: SimulatorOptions): PaymentsProvider {
  const post = (path: string, key: string, body: object) =>
    send(options, { method: 'POST', path, key, body });
  return {
    name: 'simulator',
    authorise: async ({ orderId, returnUrl, ...payment }) => {
      const body = { ...payment, ...(returnUrl ? { returnUrl } : {}), metadata: { orderId } };
      return asPayment(await post('/v1/payments', `authorise:${orderId}`, body));
    },
    find: async (orderId) => {
      const path = `/v1/payments?orderId=${encodeURIComponent(orderId)}`;
      const reply = await send(options, { method: 'GET', path });
      if (reply.kind !== 'answer') return reply;
      const items = (reply.value as { items?: unknown[] }).items;
      if (!Array.isArray(items)) return unreadable;
      return items.length === 0
        ? { kind: 'answer', value: null }
        : asPayment({ kind: 'answer', value: items[0] });
    },
    capture: async ({ orderId, ref, amount }) =>
      asPayment(await post(`/v1/payments/${ref}/capture`, `capture:${orderId}`, { amount })),
    void: async ({ orderId, ref }) => {
      const path = `/v1/payments/${ref}/void`;
      const request = { path, key: `void:${orderId}`, body: {}, deadlineMs: voidDeadlineMs };
      return asPayment(await send(options, { method: 'POST', ...request }));
    },
    refund: async ({ refundId, ref, amount }) => {
      const body = { amount, metadata: { refundId } };
      const reply = await post(`/v1/payments/${ref}/refunds`, `refund:${refundId}`, body);
      return reply.kind === 'answer' ? { kind: 'answer', value: null } : reply;
    },
    readEvent: (rawBody, signature) => readEvent(options, rawBody, signature),
  };
}

const unreadable = { kind: 'unknown', reason: 'unreadable-answer' } as const;

// Only a clear 4xx is a no. 401, 408, 409 with our own key, 429 and a redirect say nothing about the payment. Not by fetch,
// which costs more of the processor for the same bytes.
async function send(
  { url, apiKey }: SimulatorOptions,
  { method, path, key, body, ...request }: ProviderRequest,
): Promise<ProviderReply<unknown>> {
  try {
    const { statusCode, body: answered } = await httpRequest(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(request.deadlineMs ?? deadlineMs),
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answered.text();
    if (text.length > maxAnswerBytes) return unreadable;
    const answer = JSON.parse(text) as { code?: unknown };
    if (statusCode < 300) return { kind: 'answer', value: answer };
    const code = typeof answer.code === 'string' ? answer.code.slice(0, 64) : `status-${statusCode}`;
    const definite = [400, 402, 404, 409, 422].includes(statusCode) && code !== 'idempotency-mismatch';
    return definite ? { kind: 'refused', code } : { kind: 'unknown', reason: code };
  } catch (error) {
    return { kind: 'unknown', reason: (error as Error).name === 'TimeoutError' ? 'timeout' : 'unreachable' };
  }
}

function asPayment(reply: ProviderReply<unknown>): ProviderReply {
  if (reply.kind !== 'answer') return reply;
  const { value, error } = paymentSchema.validate(reply.value, { convert: false });
  return error ? unreadable : { kind: 'answer', value: outcomeOf(value) };
}

function outcomeOf(payment: ProviderPayment): Outcome {
  const { id: ref, amount, currency, status, declineCode, action } = payment;
  return {
    ref,
    amount,
    currency,
    state: status === 'requires_action' ? 'requires-action' : status,
    ...(action ? { actionUrl: action.url } : {}),
    ...(declineCode ? { reason: declineCode } : {}),
  };
}

// A refund's event repeats the payment's state and moves nothing: refunds are told by their own answers.
function readEvent(
  { webhookSecrets, now }: SimulatorOptions,
  rawBody: Buffer,
  signature = '',
): ProviderEvent {
  const [, seconds, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (seconds === undefined || given === undefined) refuse('unauthorised', 'The signature is missing.');
  const ageSeconds = Math.abs(now().getTime() / 1_000 - Number(seconds));
  if (ageSeconds > toleranceSeconds) refuse('unauthorised', 'The signature is too old.');
  const genuine = webhookSecrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${seconds}.`).update(rawBody).digest('hex');
    return sameText(expected, given);
  });
  if (!genuine) refuse('unauthorised', 'The signature is wrong.');
  const { value, error } = eventSchema.validate(parsed(rawBody), { convert: false });
  if (error) refuse('invalid-request', 'The event is not one of a payment.');
  const { id, type, data } = value as { id: string; type: string; data: { payment: ProviderPayment } };
  const outcome = type === 'payment.refunded' ? null : outcomeOf(data.payment);
  return { id, type, orderId: data.payment.orderId, outcome };
}

function parsed(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return refuse('malformed-json');
  }
}
