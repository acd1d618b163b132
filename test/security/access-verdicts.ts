/** Who may do what, written down by hand, one row an operation: what the services say of themselves is held against it. */
import type { Permission } from '@souk/contracts/permissions';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';

/** Of whose things an operation is. */
export type Ownership = 'cart' | 'order' | 'address' | 'export';

export type Verdict =
  /** Tokens are not looked at. `refusesItself`: what it asks for in its body or headers is wrong in our sample. */
  | { audience: 'public'; refusesItself?: true }
  /** Guests and customers. `of`: only the owner's; a stranger's is not found. */
  | { audience: 'buyer'; of?: Ownership }
  /** Whoever has a session, customer or staff. */
  | { audience: 'buyer'; session: true }
  | { audience: 'customer'; of?: Ownership }
  | { audience: 'staff'; permission: Permission }
  /** Other services, these and no others. */
  | { audience: 'internal'; callers: readonly ServiceName[] };

const everybody: Verdict = { audience: 'public' };
const proves: Verdict = { audience: 'public', refusesItself: true };
const anyBuyer: Verdict = { audience: 'buyer' };
const cartOwner: Verdict = { audience: 'buyer', of: 'cart' };
const orderOwner: Verdict = { audience: 'buyer', of: 'order' };
const customer: Verdict = { audience: 'customer' };
const addressOwner: Verdict = { audience: 'customer', of: 'address' };
const staff = (permission: Permission): Verdict => ({ audience: 'staff', permission });
const internal = (...callers: ServiceName[]): Verdict => ({ audience: 'internal', callers });

/** What every service has for staff. Carts have no audit log: staff change nothing there but dead events. */
const withoutTables: readonly ServiceName[] = ['cart', 'recommendations'];
const backOffice = serviceNames.flatMap((service): [string, Verdict][] => [
  [`GET /admin/${service}/dead-events`, staff('events.read')],
  [`POST /admin/${service}/dead-events/{id}/redrive`, staff('events.write')],
  ...(withoutTables.includes(service)
    ? []
    : ([
        [`GET /admin/${service}/audit`, staff('audit.read')],
        [`GET /admin/${service}/audit/check`, staff('audit.read')],
      ] as [string, Verdict][])),
]);

export const verdicts: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(backOffice),

  'GET /categories': everybody,
  'GET /jwks.json': everybody,
  'GET /products': everybody,
  'GET /products/{slug}': everybody,
  'GET /products/{slug}/related': everybody,
  'GET /search/suggestions': everybody,
  'GET /media/{file}': everybody,
  'GET /docs': everybody,
  'GET /docs/openapi.json': everybody,
  'GET /problems/{code}': everybody,
  'GET /payment-methods': everybody,
  'POST /payments/webhooks/{provider}': proves,

  'POST /customers': everybody,
  'PUT /email-verifications/{token}': everybody,
  'POST /password-resets': everybody,
  'PUT /password-resets/{token}': everybody,
  'POST /sessions': proves,
  'POST /sessions/refresh': proves,
  'DELETE /sessions/current': { audience: 'buyer', session: true },

  'POST /carts': anyBuyer,
  'GET /carts/{id}': cartOwner,
  'POST /carts/{id}/items': cartOwner,
  'PUT /carts/{id}/items/{sku}': cartOwner,
  'DELETE /carts/{id}/items/{sku}': cartOwner,
  'GET /carts/{id}/shipping-methods': cartOwner,
  'PUT /carts/{id}/delivery': cartOwner,
  'GET /carts/{id}/quote': cartOwner,
  'POST /orders': cartOwner,
  'GET /orders/{id}': orderOwner,
  'GET /orders/{id}/events': orderOwner,
  'POST /orders/{id}/cancellation': orderOwner,

  'GET /me/cart': customer,
  'POST /carts/{id}/merge': { audience: 'customer', of: 'cart' },
  'GET /orders': customer,
  'GET /me': customer,
  'PATCH /me': customer,
  'DELETE /me': customer,
  'GET /me/addresses': customer,
  'POST /me/addresses': customer,
  'PUT /me/addresses/{id}': addressOwner,
  'DELETE /me/addresses/{id}': addressOwner,
  'POST /me/exports': customer,
  'GET /me/exports/{id}': customer,

  'GET /admin/products': staff('products.read'),
  'POST /admin/products': staff('products.write'),
  'GET /admin/products/{id}': staff('products.read'),
  'PATCH /admin/products/{id}': staff('products.write'),
  'PUT /admin/products/{id}/variants/{sku}': staff('products.write'),
  'DELETE /admin/products/{id}/variants/{sku}': staff('products.write'),
  'PUT /admin/products/{id}/image': staff('products.write'),
  'POST /admin/products/{id}/publication': staff('products.write'),
  'POST /admin/products/{id}/archival': staff('products.write'),
  'GET /admin/categories': staff('products.read'),
  'POST /admin/categories': staff('products.write'),
  'PATCH /admin/categories/{id}': staff('products.write'),
  'DELETE /admin/categories/{id}': staff('products.write'),
  'POST /admin/media': staff('products.write'),

  'GET /admin/prices': staff('prices.read'),
  'GET /admin/prices/{sku}': staff('prices.read'),
  'PUT /admin/prices/{sku}': staff('prices.write'),
  'GET /admin/tax-rates': staff('prices.read'),
  'PUT /admin/tax-rates': staff('prices.write'),
  'GET /admin/shipping-rates': staff('prices.read'),
  'PUT /admin/shipping-rates': staff('prices.write'),

  'GET /admin/stock': staff('stock.read'),
  'GET /admin/stock/{sku}/movements': staff('stock.read'),
  'POST /admin/stock/{sku}/receipts': staff('stock.write'),
  'POST /admin/stock/{sku}/corrections': staff('stock.write'),

  'GET /admin/orders': staff('orders.read'),
  'GET /admin/orders/{id}': staff('orders.read'),
  'POST /admin/orders/{id}/cancellation': staff('orders.write'),
  'GET /admin/refunds': staff('orders.read'),
  'POST /admin/refunds': staff('refunds.write'),
  'GET /admin/payments': staff('orders.read'),
  'GET /admin/payments/{orderId}': staff('orders.read'),
  'GET /admin/shipments': staff('shipments.read'),
  'GET /admin/shipments/{orderId}': staff('shipments.read'),
  'POST /admin/shipments/{orderId}/dispatch': staff('shipments.write'),
  'POST /admin/shipments/{orderId}/delivery': staff('shipments.write'),

  'GET /admin/customers': staff('customers.read'),
  'GET /admin/customers/{id}': staff('customers.read'),
  'PATCH /admin/customers/{id}': staff('customers.write'),
  'GET /admin/staff': staff('staff.read'),
  'POST /admin/staff': staff('staff.write'),
  'PATCH /admin/staff/{id}': staff('staff.write'),
  'GET /admin/signing-keys': staff('keys.write'),
  'POST /admin/signing-keys/rotation': staff('keys.write'),

  'GET /internal/jwks': internal(...serviceNames.filter((name) => name !== 'identity')),
  'GET /internal/account-links/{requestId}': internal('notifications'),
  'GET /internal/variants': internal('cart', 'recommendations'),
  'GET /internal/products': internal('recommendations'),
  'GET /internal/related/{slug}': internal('recommendations'),
  'POST /internal/quotes': internal('cart', 'orders'),
  'POST /internal/shipping-options': internal('cart'),
  'GET /internal/carts/{id}': internal('orders'),
  'PUT /internal/reservations/{orderId}': internal('orders'),
  'DELETE /internal/reservations/{orderId}': internal('orders'),
  'PUT /internal/payments/{orderId}': internal('orders'),
  'GET /internal/payments/{orderId}': internal('orders'),
  'DELETE /internal/payments/{orderId}': internal('orders'),
  'PUT /internal/refunds/{refundId}': internal('orders'),
  'PUT /internal/shipment-cancellations/{orderId}': internal('orders'),
};
