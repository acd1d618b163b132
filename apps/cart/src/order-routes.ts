/** What orders may ask of carts: one row a route. */
import { idSchema } from '@souk/contracts/identifiers';
import { type Route, reply } from '@souk/kit/routes';
import { unlessMerged } from './cart.ts';
import { namedLines } from './named-lines.ts';
import { readOwnCart } from './own-cart.ts';
import type { CartDeps } from './price-cart.ts';
import { cartForOrderSchema, tokenSchema } from './schemas.ts';

export function orderRoutes(deps: CartDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/internal/carts/{id}',
      operationId: 'readCartForOrder',
      summary: 'What an order needs of a cart, if token or customer are its owner’s',
      audience: 'internal',
      params: { id: idSchema },
      headers: { 'cart-token': tokenSchema, 'customer-id': idSchema },
      responses: { 200: cartForOrderSchema },
      problems: ['cart-closed'],
      handle: async ({ params, headers }) => {
        const access = {
          cartId: params.id!,
          token: headers['cart-token'],
          customerId: headers['customer-id'],
        };
        const cart = unlessMerged(await readOwnCart(deps, access));
        const { id, currency, delivery, closedBy } = cart;
        return reply(200, { id, currency, items: await namedLines(deps, cart.items), delivery, closedBy });
      },
    },
  ];
}
