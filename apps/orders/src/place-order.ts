/** Placing an order: read and check outside, one transaction that makes it unlosable, then advance it within the budget. */
import { crashPoint } from '@souk/kit/crash-point';
import { inTransaction } from '@souk/kit/db';
import {
  claimKey,
  fingerprintOf,
  isKeyTaken,
  type KeyedRequest,
  readClaim,
  type StoredAnswer,
  storeAnswer,
} from '@souk/kit/idempotency';
import { isRefusal, refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { currentTraceparent, setOrderId } from '@souk/kit/trace';
import { advanceOrder } from './advance-order.ts';
import { answerOf } from './answer.ts';
import { type Buyer, scopeOf } from './buyer.ts';
import { appendHistory } from './history-store.ts';
import { type CartForOrder, checkQuote, readCart } from './neighbours.ts';
import type { Delivery, Order, PaymentChoice } from './order.ts';
import { insertOrder, isCartTaken } from './order-store.ts';
import { findLiveOrder, findOrder } from './read-order-store.ts';

export interface PlaceOrder {
  cartId: string;
  buyer: Buyer;
  quoteHash: string;
  payment: PaymentChoice;
  key: string;
}

/** From the request's first step to the last that may begin; the answer comes at most one call later. */
const budgetMs = 1_300;

type Placer = Pick<Deps, 'db' | 'dapr' | 'now' | 'newId' | 'secrets' | 'wakeRelay' | 'log' | 'flags'>;

/**
 * Places an order and answers 201 (confirmed), 202 (the buyer must act, or the outcome is not known yet), or throws a
 * refusal when nothing was ordered. The same request again gets the same answer.
 */
export async function placeOrder(deps: Placer, command: PlaceOrder): Promise<StoredAnswer> {
  const deadlineMs = deps.now().getTime() + budgetMs;
  const request = keyedRequest(command);
  const claim = await readClaim(deps.db, request);
  if (claim.kind === 'answered') return claim.answer;
  if (claim.kind === 'takeover') {
    const order = await findOrder(deps.db, claim.subjectId);
    return finish(deps, order!, { deadlineMs });
  }
  // After the claim: what was ordered while the shop was open keeps its answer.
  if (!deps.flags.isOn('checkout-open')) refuse('shop-closed');
  const orderId = deps.newId();
  setOrderId(orderId);
  const cart = await openCart(deps, command);
  const quote = await checkQuote(deps, cart, { orderId, quoteHash: command.quoteHash });
  const { delivery } = cart;
  const names = Object.fromEntries(cart.items.map(({ sku, name }) => [sku, name]));
  crashPoint('orders.place.before-commit');
  try {
    const { order, serial } = await inTransaction(deps.db, async (tx) => {
      const traceparent = currentTraceparent() ?? null;
      const { cartId, buyer, payment } = command;
      await claimKey(tx, request, orderId);
      const made = await insertOrder(tx, {
        id: orderId,
        cartId,
        customerId: 'customerId' in buyer ? buyer.customerId : null,
        delivery,
        quote,
        names,
        payment,
        traceparent,
        now: deps.now(),
      });
      await appendHistory(tx, orderId, { state: 'pending', by: 'buyer' });
      return made;
    });
    crashPoint('orders.place.after-commit');
    return await finish(deps, order, { deadlineMs, serial });
  } catch (error) {
    if (isKeyTaken(error)) return answerOfTwin(deps, request);
    if (isCartTaken(error)) return refuseSecondOrder(deps, command.cartId);
    throw error;
  }
}

function keyedRequest({ cartId, buyer, quoteHash, payment, key }: PlaceOrder): KeyedRequest {
  return { scope: scopeOf(buyer, cartId), key, fingerprint: fingerprintOf({ cartId, quoteHash, payment }) };
}

async function openCart(
  deps: Placer,
  { cartId, buyer }: PlaceOrder,
): Promise<CartForOrder & { delivery: Delivery }> {
  const cart = await readCart(deps, cartId, buyer);
  if (cart.closedBy) refuse('already-ordered', undefined, { orderId: cart.closedBy });
  if (cart.items.length === 0) refuse('cart-empty');
  const { delivery } = cart;
  if (!delivery) refuse('delivery-missing');
  return { ...cart, delivery };
}

/** Advances the order within the budget; whatever came of it by then is the answer, now and for every repetition. */
async function finish(
  deps: Placer,
  order: Order,
  { deadlineMs, serial }: { deadlineMs: number; serial?: number },
): Promise<StoredAnswer> {
  const advance = { by: 'buyer' as const, deadlineMs, ...(serial !== undefined && { serial }) };
  const reached = await advanceOrder(deps, order, advance).catch(async (error) => {
    if (!isRefusal(error, 'unavailable') && !isRefusal(error, 'timeout')) throw error;
    return (await findOrder(deps.db, order.id)) ?? order;
  });
  const answer = answerOf(deps, reached);
  const stored = ['confirmed', 'cancelled', 'requires-action'].includes(reached.state);
  if (!stored) await storeAnswer(deps.db, order.id, answer);
  return answer;
}

/** Two requests with one key at once: this one lost the race, and the other has the order. */
async function answerOfTwin(deps: Placer, request: KeyedRequest): Promise<StoredAnswer> {
  const claim = await readClaim(deps.db, request);
  if (claim.kind === 'answered') return claim.answer;
  return refuse('idempotency-key-in-use', undefined, { retryAfterSeconds: 1 });
}

/** Two keys on one cart: it can be charged once only. */
async function refuseSecondOrder(deps: Placer, cartId: string): Promise<never> {
  const live = await findLiveOrder(deps.db, cartId);
  if (!live) return refuse('unavailable');
  const moving = ['pending', 'requires-action', 'cancelling'].includes(live.state);
  return refuse(moving ? 'order-in-progress' : 'already-ordered', undefined, { orderId: live.id });
}
