// Promises that what reaches the provider's rules has been checked: schemas of every body, query and header.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import Joi from 'joi';
import { refuse } from './problem.ts';
import type { Keyed } from './provider.ts';

const amount = Joi.number().integer().min(1).max(1_000_000_000_000).required();
const orderId = Joi.string().min(1).max(64).required();
const metadata = Joi.object({ orderId, refundId: Joi.string().max(64) });
const milliseconds = Joi.number().integer().min(0).max(600_000);

export const schemas = {
  payment: Joi.object({
    amount,
    currency: Joi.string()
      .pattern(/^[A-Z]{3}$/)
      .required(),
    token: Joi.string().min(1).max(100).required(),
    returnUrl: Joi.string()
      .uri({ scheme: ['http', 'https'] })
      .max(2_000),
    metadata: metadata.required(),
  }),
  capture: Joi.object({ amount }),
  void: Joi.object({}),
  refund: Joi.object({
    amount,
    metadata: Joi.object({ orderId: orderId.optional(), refundId: Joi.string().max(64) }),
  }),
  challenge: Joi.object({ outcome: Joi.string().valid('approve', 'refuse').required() }),
  control: Joi.object({
    declineRate: Joi.number().min(0).max(1),
    latencyMs: milliseconds,
    webhookDelayMs: milliseconds,
    timeoutMs: milliseconds,
    lateMs: milliseconds,
    down: Joi.boolean(),
  }),
  ofOrder: Joi.object({ orderId }),
  page: Joi.object({
    after: Joi.number().integer().min(0).default(0),
    limit: Joi.number().integer().min(1).max(1_000).default(100),
  }),
};

/** The value if it fits the schema, else the refusal 400 `invalid-request`; only queries are converted from text. */
export function checked<T>(schema: Joi.ObjectSchema, value: unknown, convert = false): T {
  const result = schema.required().validate(value ?? {}, { convert, abortEarly: false });
  if (result.error) refuse('invalid-request', 400, result.error.message);
  return result.value as T;
}

/** Compares the bearer token in constant time; 401 `unauthorised` if it is not the provider's API key. */
export function requireApiKey(req: Request, apiKey: string): void {
  const given = digest(req.get('authorization') ?? '');
  const opens = (key: string) => timingSafeEqual(given, digest(`Bearer ${key}`));
  if (!apiKey.split(',').some(opens)) refuse('unauthorised', 401, 'The API key is missing or wrong.');
}

/** The caller's Idempotency-Key with the fingerprint of method, path and body; 400 without a key. */
export function keyOf(req: Request): Keyed {
  const key = req.get('idempotency-key');
  if (!key || key.length > 200)
    refuse('idempotency-key-required', 400, 'Send an Idempotency-Key of 1 to 200 characters.');
  const fingerprint = digest(`${req.method} ${req.path} ${JSON.stringify(sorted(req.body ?? {}))}`).toString(
    'hex',
  );
  return { key, fingerprint };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

// Two bodies that differ only in the order of their members are the same request.
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}
