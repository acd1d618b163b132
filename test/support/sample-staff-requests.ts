/** One harmless request for every staff route: it reads, or stops at an id that nobody has or an ETag of long ago. */
import { randomUUID } from 'node:crypto';
import { serviceNames } from '@souk/contracts/ports';
import { newId } from '@souk/kit/identifier';
import type { Belongings, SampleRow } from './sample-requests.ts';

/** Route → its sample, by an owner. */
export function staffSamples(own: Belongings): Record<string, SampleRow> {
  return { ...backOffice(own), ...goods(own), ...numbers(own), ...sales(own), ...people(own) };
}

const keyed = (headers: Record<string, string>) => ({ ...headers, 'idempotency-key': randomUUID() });
const stale = (headers: Record<string, string>) => ({ ...headers, 'if-match': '"0"' });

/** What every service has. */
function backOffice({ staff: { headers } }: Belongings): Record<string, SampleRow> {
  const read = { headers, expected: 200 };
  return Object.fromEntries(
    serviceNames.flatMap((service): [string, SampleRow][] => [
      [`GET /admin/${service}/dead-events`, read],
      [
        `POST /admin/${service}/dead-events/{id}/redrive`,
        { headers: keyed(headers), params: { id: newId() }, expected: 404 },
      ],
      [`GET /admin/${service}/audit`, read],
      [`GET /admin/${service}/audit/check`, read],
    ]),
  );
}

function goods({ staff: { headers } }: Belongings): Record<string, SampleRow> {
  const read = { headers, expected: 200 };
  const missing = { params: { id: newId() }, expected: 404 };
  const slug = `test-${newId().toLowerCase()}`;
  const product = {
    slug,
    name: 'Test article',
    brand: 'Test',
    category: slug,
    description: 'A test article.',
    taxClass: 'standard',
    attributes: {},
    variants: [{ sku: slug.toUpperCase().slice(0, 30), options: {}, weightGrams: 100 }],
  };
  return {
    'GET /admin/products': read,
    'POST /admin/products': { headers: keyed(headers), body: product },
    'GET /admin/products/{id}': { headers, ...missing },
    'PATCH /admin/products/{id}': { headers: stale(headers), ...missing, body: { name: 'Test article' } },
    'PUT /admin/products/{id}/variants/{sku}': {
      headers: stale(headers),
      params: { id: newId(), sku: 'TEST-1' },
      body: { options: {}, weightGrams: 100 },
      expected: 404,
    },
    'DELETE /admin/products/{id}/variants/{sku}': {
      headers: stale(headers),
      params: { id: newId(), sku: 'TEST-1' },
      expected: 404,
    },
    'PUT /admin/products/{id}/image': {
      headers: stale(headers),
      ...missing,
      body: { file: 'gale-kettle.svg' },
    },
    'POST /admin/products/{id}/publication': { headers: keyed(stale(headers)), ...missing },
    'POST /admin/products/{id}/archival': { headers: keyed(stale(headers)), ...missing },
    'GET /admin/categories': read,
    'POST /admin/categories': { headers: keyed(headers), body: { slug, name: 'Test', parent: slug } },
    'PATCH /admin/categories/{id}': { headers, ...missing, body: { name: 'Test' } },
    'DELETE /admin/categories/{id}': { headers, ...missing },
    'POST /admin/media': { headers: { ...keyed(headers), 'content-type': 'image/png' } },
  };
}

function numbers({ sku, staff: { headers } }: Belongings): Record<string, SampleRow> {
  const read = { headers, expected: 200 };
  const rate = { country: 'DE', included: true, standard: '0.19', reduced: '0.07', zero: '0' };
  const bands = [{ upToGrams: 1_000, price: 490 }];
  const shipping = {
    taxClass: 'standard',
    zones: { home: ['DE'] },
    methods: [{ code: 'standard', name: 'Standard', rates: [{ zone: 'home', currency: 'EUR', bands }] }],
  };
  return {
    'GET /admin/prices': read,
    'GET /admin/prices/{sku}': { ...read, params: { sku } },
    'PUT /admin/prices/{sku}': {
      headers: stale(headers),
      params: { sku },
      body: { prices: [{ amount: 1_000, currency: 'EUR' }] },
      expected: 412,
    },
    'GET /admin/tax-rates': read,
    'PUT /admin/tax-rates': { headers: stale(headers), body: { taxRates: [rate] }, expected: 412 },
    'GET /admin/shipping-rates': read,
    'PUT /admin/shipping-rates': { headers: stale(headers), body: shipping, expected: 412 },
    'GET /admin/stock': read,
    'GET /admin/stock/{sku}/movements': { ...read, params: { sku } },
    'POST /admin/stock/{sku}/receipts': {
      headers: keyed(headers),
      params: { sku },
      body: { quantity: 1, reference: 'test' },
    },
    'POST /admin/stock/{sku}/corrections': {
      headers: keyed(headers),
      params: { sku },
      body: { delta: 1, reason: 'found' },
    },
  };
}

function sales({ order, staff: { headers } }: Belongings): Record<string, SampleRow> {
  const read = { headers, expected: 200 };
  const missing = { params: { orderId: newId() }, expected: 404 };
  return {
    'GET /admin/orders': read,
    'GET /admin/orders/{id}': { ...read, params: { id: order.id } },
    'GET /admin/refunds': { ...read, query: `?orderId=${order.id}` },
    'POST /admin/refunds': { headers: keyed(headers), body: { orderId: newId() }, expected: 404 },
    'POST /admin/orders/{id}/cancellation': {
      headers: keyed(headers),
      params: { id: newId() },
      expected: 404,
    },
    'GET /admin/payments': read,
    'GET /admin/payments/{orderId}': { ...read, params: { orderId: order.id } },
    'GET /admin/shipments': read,
    'GET /admin/shipments/{orderId}': { headers, ...missing },
    'POST /admin/shipments/{orderId}/dispatch': {
      headers: keyed(headers),
      ...missing,
      body: { carrier: 'dhl', trackingNumber: '00340434161094042557' },
    },
    'POST /admin/shipments/{orderId}/delivery': { headers: keyed(headers), ...missing },
  };
}

function people({ customer, staff: { headers } }: Belongings): Record<string, SampleRow> {
  const read = { headers, expected: 200 };
  const missing = { params: { id: newId() }, expected: 404 };
  return {
    'GET /admin/customers': read,
    'GET /admin/customers/{id}': { ...read, params: { id: customer.id } },
    'PATCH /admin/customers/{id}': { headers, ...missing, body: { disabled: false } },
    'GET /admin/staff': read,
    'POST /admin/staff': {
      headers: keyed(headers),
      body: { email: `staff-${newId().toLowerCase()}@example.org`, name: 'Test Staff', roles: ['warehouse'] },
    },
    'PATCH /admin/staff/{id}': { headers, ...missing, body: { disabled: false } },
    'GET /admin/signing-keys': read,
    'POST /admin/signing-keys/rotation': { headers: keyed(headers) },
  };
}
