/** Orders' neighbours as a test wants them: in memory, with the promises that the real ones keep. */
import type { Quote } from '@souk/contracts/quote';
import type { Dapr } from '@souk/kit/dapr';
import { Refusal } from '@souk/kit/problem';
import { signToken } from '@souk/kit/token';
import { testSecrets } from '../../../test/support/service-under-test.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' as const });

export const quote: Quote = {
  currency: 'EUR',
  country: 'DE',
  taxIncluded: true,
  lines: [
    {
      sku: 'CUP-1',
      quantity: 2,
      unitPrice: eur(500),
      discount: eur(0),
      tax: eur(160),
      taxRate: '0.19',
      total: eur(1000),
    },
  ],
  discounts: [],
  shipping: { method: 'standard', name: 'Standard', tax: eur(78), taxRate: '0.19', total: eur(490) },
  tax: eur(238),
  total: eur(1490),
  quoteHash: 'a'.repeat(64),
};

export const delivery = {
  email: 'ann@example.org',
  address: { name: 'Ann', line1: 'Way 1', city: 'Bonn', postalCode: '53111', country: 'DE' },
  shippingMethod: 'standard',
};

interface Call {
  app: string;
  method: string;
  path: string;
}

/** A neighbourhood: change its members to make things happen; `calls` is what orders did. */
export function createNeighbours() {
  const calls: Call[] = [];
  const reservations = new Map<string, 'reserved' | 'released'>();
  const payments = new Map<string, 'authorised' | 'requires-action' | 'declined' | 'pending' | 'voided'>();
  const shipments = new Map<string, 'open' | 'cancelled' | 'dispatched'>();
  const refunds = new Map<string, { orderId: string; amount: number; state: 'refunded' | 'pending' }>();
  const world = {
    shipments,
    refunds,
    /** What payments has captured of any order. */
    captured: 1490,
    /** Cart → the customer whose it is. */
    owners: new Map<string, string>(),
    calls,
    reservations,
    payments,
    stock: 100,
    closedBy: null as string | null,
    items: [{ sku: 'CUP-1', quantity: 2, name: 'Blue cup' }],
    withDelivery: true,
    quote,
    /** Runs before each call; may throw or wait. */
    before: async (_call: Call) => {},
  };

  const cartOf = (cartId: string, headers: Record<string, string> = {}) => {
    const byToken = headers['cart-token'] === signToken(testSecrets['cart-token-key']!, 'cart', cartId);
    const byCustomer =
      headers['customer-id'] !== undefined && world.owners.get(cartId) === headers['customer-id'];
    if (!byToken && !byCustomer) throw new Refusal('not-found');
    return {
      id: cartId,
      currency: 'EUR',
      items: world.items,
      delivery: world.withDelivery ? delivery : null,
      closedBy: world.closedBy,
    };
  };

  const reserveFor = (orderId: string) => {
    const known = reservations.get(orderId);
    if (known === 'released') throw new Refusal('order-closed');
    if (known === 'reserved') return;
    if (world.stock < 2) {
      throw new Refusal('out-of-stock', undefined, {
        lines: [{ sku: 'CUP-1', wanted: 2, available: world.stock }],
      });
    }
    world.stock -= 2;
    reservations.set(orderId, 'reserved');
  };

  const releaseFor = (orderId: string) => {
    if (reservations.get(orderId) === 'reserved') world.stock += 2;
    reservations.set(orderId, 'released');
  };

  const authoriseFor = (orderId: string, token: string) => {
    const known = payments.get(orderId);
    if (known === 'voided') throw new Refusal('order-closed');
    const fresh = ({ tok_declined: 'declined', tok_3ds: 'requires-action', tok_timeout: 'pending' } as const)[
      token as 'tok_3ds'
    ];
    const state = known ?? fresh ?? 'authorised';
    payments.set(orderId, state);
    return { state, ...(state === 'requires-action' && { action: { url: 'http://psp.test/3ds' } }) };
  };

  const stopShipment = (orderId: string) => {
    if (shipments.get(orderId) === 'dispatched') throw new Refusal('already-dispatched');
    shipments.set(orderId, 'cancelled');
    return { state: 'cancelled' };
  };

  const refundFor = (id: string, { orderId, amount }: { orderId: string; amount: number }) => {
    const known = refunds.get(id);
    const sum = [...refunds.values()]
      .filter((refund) => refund.orderId === orderId)
      .reduce((total, refund) => total + refund.amount, 0);
    if (!known && sum + amount > world.captured) throw new Refusal('refund-too-high');
    refunds.set(id, known ?? { orderId, amount, state: 'refunded' });
    return { refundId: id, state: refunds.get(id)!.state };
  };

  const invoke = async (
    request: Call & { body?: Record<string, never>; headers?: Record<string, string> },
  ) => {
    const { app, method, path } = request;
    calls.push({ app, method, path });
    await world.before(request);
    const id = path.split('/').at(-1)!;
    if (app === 'cart') return cartOf(id, request.headers);
    if (app === 'shipping') return stopShipment(id);
    if (path.startsWith('/internal/refunds/')) return refundFor(id, request.body as never);
    if (app === 'pricing') {
      if (request.body!.quoteHash !== world.quote.quoteHash) {
        throw new Refusal('price-changed', undefined, { quote: world.quote });
      }
      return world.quote;
    }
    if (app === 'inventory') return method === 'PUT' ? reserveFor(id) : releaseFor(id);
    if (method === 'PUT') return authoriseFor(id, request.body!.token!);
    payments.set(id, 'voided');
    return { state: 'voided' };
  };
  return { world, dapr: { invoke } as unknown as Dapr };
}
