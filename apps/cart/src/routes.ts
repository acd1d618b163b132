/** The API of carts: one row a route. */
import { countrySchema, idSchema, type Line, skuSchema } from '@souk/contracts/identifiers';
import type { ProblemCode } from '@souk/contracts/problems';
import { quoteSchema } from '@souk/contracts/quote';
import { type Route, reply } from '@souk/kit/routes';
import { idempotencyKeySchema } from '@souk/kit/validate';
import { answerChange, answerCreated, answerStale, answerView, callerOf, wantsMinimal } from './answers.ts';
import type { Delivery } from './cart.ts';
import { addToCart, removeCartItem, setCartDelivery, setCartItem } from './change-cart.ts';
import { createCart } from './create-cart.ts';
import { namedLines } from './named-lines.ts';
import { readOwnCart } from './own-cart.ts';
import { type CartDeps, priceCart } from './price-cart.ts';
import { listCartShipping, quoteCart } from './quote-cart.ts';
import {
  addItemBody,
  cartForOrderSchema,
  cartSchema,
  createCartBody,
  createdCartSchema,
  deliveryBody,
  ifMatchSchema,
  preferSchema,
  setItemBody,
  shippingMethodsSchema,
  tokenSchema,
} from './schemas.ts';

const cartId = { id: idSchema };
const line = { id: idSchema, sku: skuSchema };
const owner = { 'cart-token': tokenSchema };
const change = { ...owner, 'if-match': ifMatchSchema, prefer: preferSchema };
const changed = { 200: cartSchema, 204: null };
const noStore = { 'cache-control': 'no-store' };
const open: ProblemCode[] = ['cart-closed', 'stale-etag', 'too-many-requests'];

/** All routes of the service. */
export function routes(deps: CartDeps): Route[] {
  return [...cartRoutes(deps), ...itemRoutes(deps), ...deliveryRoutes(deps)];
}

function cartRoutes(deps: CartDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/carts',
      operationId: 'createCart',
      summary: 'Start a cart',
      audience: 'public',
      headers: { prefer: preferSchema },
      body: createCartBody,
      responses: { 201: createdCartSchema },
      problems: ['unknown-sku', 'total-too-high'],
      handle: async ({ headers, body }) => {
        const wish = { currency: body.currency, items: body.items ?? [], priced: !wantsMinimal(headers) };
        return answerCreated(deps, await createCart(deps, wish));
      },
    },
    {
      method: 'GET',
      path: '/carts/{id}',
      operationId: 'readCart',
      summary: 'The whole cart at the prices of now',
      audience: 'public',
      params: cartId,
      headers: owner,
      responses: { 200: cartSchema, 304: null },
      handle: async (input) => {
        const cart = await readOwnCart(deps, callerOf(input));
        return answerView(cart, await priceCart(deps, cart));
      },
    },
    {
      method: 'GET',
      path: '/internal/carts/{id}',
      operationId: 'readCartForOrder',
      summary: 'What an order needs of a cart, if the token is its owner’s',
      audience: 'internal',
      params: cartId,
      headers: owner,
      responses: { 200: cartForOrderSchema },
      handle: async (input) => {
        const { id, currency, items, delivery, closedBy } = await readOwnCart(deps, callerOf(input));
        return reply(200, { id, currency, items: await namedLines(deps, items), delivery, closedBy });
      },
    },
  ];
}

function itemRoutes(deps: CartDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/carts/{id}/items',
      operationId: 'addCartItem',
      summary: 'Add pieces; with a key, the same request again adds nothing',
      audience: 'public',
      params: cartId,
      headers: { ...change, 'idempotency-key': idempotencyKeySchema },
      body: addItemBody,
      responses: changed,
      problems: [...open, 'unknown-sku', 'cart-full', 'idempotency-key-reused'],
      handle: answerStale(async (input) => {
        const wish: Line & { key: string | undefined } = {
          ...input.body,
          key: input.headers['idempotency-key'],
        };
        return answerChange(input, await addToCart(deps, callerOf(input), wish));
      }),
    },
    {
      method: 'PUT',
      path: '/carts/{id}/items/{sku}',
      operationId: 'setCartItem',
      summary: 'Set how many pieces there are',
      audience: 'public',
      params: line,
      headers: change,
      body: setItemBody,
      responses: changed,
      problems: [...open, 'unknown-sku', 'cart-full'],
      handle: answerStale(async (input) => {
        const wish = { sku: input.params.sku!, quantity: input.body.quantity };
        return answerChange(input, await setCartItem(deps, callerOf(input), wish));
      }),
    },
    {
      method: 'DELETE',
      path: '/carts/{id}/items/{sku}',
      operationId: 'removeCartItem',
      summary: 'Take an article out',
      audience: 'public',
      params: line,
      headers: change,
      responses: changed,
      problems: open,
      handle: answerStale(async (input) =>
        answerChange(input, await removeCartItem(deps, callerOf(input), input.params.sku!)),
      ),
    },
  ];
}

function deliveryRoutes(deps: CartDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/carts/{id}/shipping-methods',
      operationId: 'listShippingMethods',
      summary: 'How the cart can be sent to a country, and for how much',
      audience: 'public',
      params: cartId,
      query: { country: countrySchema.required() },
      headers: owner,
      responses: { 200: shippingMethodsSchema },
      problems: ['cart-empty', 'unknown-sku', 'not-shippable'],
      handle: async (input) =>
        reply(200, await listCartShipping(deps, callerOf(input), input.query.country), noStore),
    },
    {
      method: 'PUT',
      path: '/carts/{id}/delivery',
      operationId: 'setDelivery',
      summary: 'Say where the goods go; the answer has the quote',
      audience: 'public',
      params: cartId,
      headers: change,
      body: deliveryBody,
      responses: changed,
      problems: [...open, 'cart-empty', 'not-shippable'],
      handle: answerStale(async (input) => {
        const delivery: Delivery = input.body;
        return answerChange(input, await setCartDelivery(deps, callerOf(input), delivery));
      }),
    },
    {
      method: 'GET',
      path: '/carts/{id}/quote',
      operationId: 'quoteCart',
      summary: 'The quote to order by',
      audience: 'public',
      params: cartId,
      headers: owner,
      responses: { 200: quoteSchema },
      problems: ['cart-empty', 'delivery-missing', 'unknown-sku', 'not-shippable', 'total-too-high'],
      handle: async (input) => reply(200, await quoteCart(deps, callerOf(input)), noStore),
    },
  ];
}
