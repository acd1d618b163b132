/** What only a customer may do with carts: one row a route. */
import { idSchema } from '@souk/contracts/identifiers';
import { currencySchema } from '@souk/contracts/money';
import { customerIdOf } from '@souk/kit/auth';
import { refuse } from '@souk/kit/problem';
import { type Input, type Route, reply } from '@souk/kit/routes';
import { answerView } from './answers.ts';
import { openCartOf } from './customer-cart.ts';
import { mergeCarts } from './merge-carts.ts';
import { type CartDeps, priceCart } from './price-cart.ts';
import { cartSchema, mergeBody, mergedSchema } from './schemas.ts';

const idOf = ({ caller }: Input) => customerIdOf(caller) ?? refuse('unauthorised');

export function customerRoutes(deps: CartDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/me/cart',
      operationId: 'readMyCart',
      summary: 'The customer’s open cart, made if there is none',
      audience: 'customer',
      query: { currency: currencySchema.default('EUR').description('ISO 4217 code, of a cart that is made') },
      responses: { 200: cartSchema, 304: null },
      problems: ['not-found', 'too-many-requests'],
      handle: async (input) => {
        const wish = { customerId: idOf(input), currency: input.query.currency };
        const { cart } = await openCartOf(deps, wish);
        return answerView(cart, await priceCart(deps, cart));
      },
    },
    {
      method: 'POST',
      path: '/carts/{id}/merge',
      operationId: 'mergeCart',
      summary: 'Take a guest’s cart over into the customer’s own; again, it changes nothing',
      audience: 'customer',
      params: { id: idSchema },
      body: mergeBody,
      responses: { 200: mergedSchema },
      problems: ['cart-closed', 'too-many-requests'],
      handle: async (input) => {
        const { from, fromToken } = input.body;
        const merge = { customerId: idOf(input), cartId: input.params.id!, from, fromToken };
        const { view, changes } = await mergeCarts(deps, merge);
        return reply(200, { cart: view, changes }, { 'cache-control': 'no-store' });
      },
    },
  ];
}
