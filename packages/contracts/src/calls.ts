/** The call table: who may call whom, how, and where. Access control, mesh policies and kit's own check come from it. */
import { type ServiceName, serviceNames } from './ports.ts';

export interface Call {
  caller: ServiceName;
  callee: ServiceName;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A `{parameter}` stands only last, so that a prefix rule can match it. */
  path: string;
  /** Whether a retry by the sidecar is safe: the call is a read, or keyed by its path. */
  idempotent: boolean;
}

/** Whoever serves customers or staff checks their tokens, with identity's public keys; identity has them at hand. */
const keyReaders = serviceNames.filter((name) => name !== 'identity');

/** Every synchronous call between services. They form no cycle. */
export const calls: readonly Call[] = Object.freeze([
  ...keyReaders.map((caller) => ({
    caller,
    callee: 'identity' as const,
    method: 'GET' as const,
    path: '/internal/jwks',
    idempotent: true,
  })),
  {
    caller: 'notifications',
    callee: 'identity',
    method: 'GET',
    path: '/internal/account-links/{requestId}',
    idempotent: true,
  },
  { caller: 'cart', callee: 'catalog', method: 'GET', path: '/internal/variants', idempotent: true },
  {
    caller: 'recommendations',
    callee: 'catalog',
    method: 'GET',
    path: '/internal/variants',
    idempotent: true,
  },
  {
    caller: 'recommendations',
    callee: 'catalog',
    method: 'GET',
    path: '/internal/products',
    idempotent: true,
  },
  {
    caller: 'recommendations',
    callee: 'catalog',
    method: 'GET',
    path: '/internal/related/{slug}',
    idempotent: true,
  },
  { caller: 'cart', callee: 'pricing', method: 'POST', path: '/internal/quotes', idempotent: true },
  { caller: 'cart', callee: 'pricing', method: 'POST', path: '/internal/shipping-options', idempotent: true },
  { caller: 'orders', callee: 'cart', method: 'GET', path: '/internal/carts/{id}', idempotent: true },
  { caller: 'orders', callee: 'pricing', method: 'POST', path: '/internal/quotes', idempotent: true },
  {
    caller: 'orders',
    callee: 'inventory',
    method: 'PUT',
    path: '/internal/reservations/{orderId}',
    idempotent: true,
  },
  {
    caller: 'orders',
    callee: 'inventory',
    method: 'DELETE',
    path: '/internal/reservations/{orderId}',
    idempotent: true,
  },
  {
    caller: 'orders',
    callee: 'payments',
    method: 'PUT',
    path: '/internal/payments/{orderId}',
    idempotent: true,
  },
  {
    caller: 'orders',
    callee: 'payments',
    method: 'GET',
    path: '/internal/payments/{orderId}',
    idempotent: true,
  },
  {
    caller: 'orders',
    callee: 'payments',
    method: 'DELETE',
    path: '/internal/payments/{orderId}',
    idempotent: true,
  },
  {
    caller: 'orders',
    callee: 'payments',
    method: 'PUT',
    path: '/internal/refunds/{refundId}',
    idempotent: true,
  },
  {
    caller: 'orders',
    callee: 'shipping',
    method: 'PUT',
    path: '/internal/shipment-cancellations/{orderId}',
    idempotent: true,
  },
] satisfies Call[]);

/** Whether `caller` may send `method` to the route pattern `path` of `callee`. */
export function mayCall(call: Pick<Call, 'callee' | 'method' | 'path'> & { caller: string }): boolean {
  return calls.some(
    (row) =>
      row.caller === call.caller &&
      row.callee === call.callee &&
      row.method === call.method &&
      row.path === call.path,
  );
}
