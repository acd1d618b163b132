/** One good request for every route that is for customers. */
import { randomUUID } from 'node:crypto';
import { newId } from '@souk/kit/identifier';
import type { Belongings, SampleRow } from './sample-requests.ts';
import { addressIn } from './shop.ts';

/** Route → its sample, by the customer of these belongings. */
export function customerSamples({ customer, stray, leaver }: Belongings): Record<string, SampleRow> {
  const { headers, cartId, addressId } = customer;
  const own = { headers, expected: 200, proof: 'authorization' } as const;
  return {
    'GET /me/cart': own,
    'POST /carts/{id}/merge': {
      ...own,
      params: { id: cartId },
      body: { from: stray.id, fromToken: stray.token },
    },
    'GET /orders': own,
    'GET /me': own,
    'PATCH /me': { ...own, body: { name: 'Ada Lovelace' } },
    'DELETE /me': { headers: leaver.headers, proof: 'authorization' },
    'GET /me/addresses': own,
    'POST /me/addresses': { headers, body: addressIn('DE'), proof: 'authorization' },
    'PUT /me/addresses/{id}': { ...own, params: { id: addressId }, body: addressIn('FR') },
    'DELETE /me/addresses/{id}': { headers, params: { id: addressId }, proof: 'authorization' },
    'POST /me/exports': {
      headers: { ...headers, 'idempotency-key': randomUUID() },
      proof: 'authorization',
    },
    'GET /me/exports/{id}': { ...own, params: { id: newId() }, expected: 404 },
  };
}
