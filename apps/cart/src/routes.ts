/** The API of carts: one row a route. */
import { countrySchema, idSchema, type Line, skuSchema } from '@souk/contracts/identifiers';
import type { ProblemCode } from '@souk/contracts/problems';
import { quoteSchema } from '@souk/contracts/quote';
import { customerIdOf } from '@souk/kit/auth';
import { type Route, reply } from '@souk/kit/routes';
import { idempotencyKeySchema } from '@souk/kit/validate';
import { answerChange, answerCreated, answerStale, answerView, callerOf, wantsMinimal } from './answers.ts';
import type { Delivery } from './cart.ts';
import { addToCart, removeCartItem, setCartDelivery, setCartItem } from './change-cart.ts';
import { createCart } from './create-cart.ts';
import { fillCartOf } from './customer-cart.ts';
import { customerRoutes } from './customer-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { readOwnCart } from './own-cart.ts';
import { type CartDeps, priceCart } from './price-cart.ts';
import { listCartShipping, quoteCart } from './quote-cart.ts';
import { createRoom, type Room } from './room.ts';
import {
  addItemBody,
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
  const room = createRoom();
  const all = [
    ...cartRoutes(deps, room),
    ...itemRoutes(deps),
    ...deliveryRoutes(deps),
    ...customerRoutes(deps),
    ...orderRoutes(deps),
  ];
  return all.map(room.counted);
}

function cartRoutes(deps: CartDeps, room: Room): Route[] {
  return [
    {
      method: 'POST',
      path: '/carts',
      operationId: 'createCart',
      summary: 'Start a cart; a customer who has an open one gets that, with the items in it',
      audience: 'buyer',
      headers: { prefer: preferSchema },
      body: createCartBody,
      responses: { 200: createdCartSchema, 201: createdCartSchema },
      problems: [
        'unknown-sku',
        'total-too-high',
        'cart-full',
        'already-exists',
        'not-found',
        'too-many-requests',
      ],
      handle: async ({ headers, body, caller }) => {
        const wish = { currency: body.currency, items: body.items ?? [], priced: !wantsMinimal(headers) };
        const customerId = customerIdOf(caller);
        if (customerId !== undefined)
          return answerCreated(deps, await fillCartOf(deps, { ...wish, customerId }));
        await room.enter();
        return answerCreated(deps, { ...(await createCart(deps, wish)), made: true });
      },
    },
    {
      method: 'GET',
      path: '/carts/{id}',
      operationId: 'readCart',
      summary: 'The whole cart at the prices of now',
      audience: 'buyer',
      params: cartId,
      headers: owner,
      responses: { 200: cartSchema, 304: null },
      handle: async (input) => {
        const cart = await readOwnCart(deps, callerOf(input));
        const askedAtMs = performance.now();
        const view = await priceCart(deps, cart);
        deps.recentQuotes.note(cart, view.quote, askedAtMs);
        return answerView(cart, view);
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
      audience: 'buyer',
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
      audience: 'buyer',
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
      audience: 'buyer',
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
      audience: 'buyer',
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
      audience: 'buyer',
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
      audience: 'buyer',
      params: cartId,
      headers: owner,
      responses: { 200: quoteSchema },
      problems: ['cart-empty', 'delivery-missing', 'unknown-sku', 'not-shippable', 'total-too-high'],
      handle: async (input) => reply(200, await quoteCart(deps, callerOf(input)), noStore),
    },
  ];
}
