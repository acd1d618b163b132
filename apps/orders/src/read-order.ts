/** Reading orders: one by its owner, and the lists of customers and staff. */
import { pageOf } from '@souk/kit/page';
import { refuse } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import { staffSummaryOf, summaryOf, viewWithHistory } from './answer.ts';
import { type OrderOwner, readOwnOrder } from './buyer.ts';
import { readHistory } from './history-store.ts';
import type { Order, OrderState } from './order.ts';
import { findOrder, listOrders, type OrderFilter } from './read-order-store.ts';
import { refundView } from './refund-order.ts';
import { refundsOf } from './refund-store.ts';

type Reader = Pick<Deps, 'db' | 'secrets'>;
type View = Record<string, unknown>;

export interface Page {
  limit: number;
  /** The id of the last one seen. */
  cursor?: string;
  state?: OrderState;
}

/** The order with its history. */
export async function readOrder(deps: Reader, owner: OrderOwner): Promise<View> {
  const order = await readOwnOrder(deps, owner);
  return viewWithHistory(order, await readHistory(deps.db, order.id));
}

/** A customer's orders; what never was confirmed is none to them. */
export function listOwnOrders(deps: Pick<Deps, 'db'>, customerId: string, page: Page) {
  return listed(deps, { customerId, confirmedOnly: true }, { page, view: summaryOf });
}

/** All orders; `q` is an order's number or a whole mail address. */
export function listAllOrders(deps: Pick<Deps, 'db'>, { q, ...page }: Page & { q?: string }) {
  const wanted = q === undefined ? {} : /^S\d+$/.test(q) ? { number: q } : { email: q };
  return listed(deps, wanted, { page, view: staffSummaryOf });
}

async function listed(
  { db }: Pick<Deps, 'db'>,
  filter: OrderFilter,
  { page: { limit, cursor, state }, view }: { page: Page; view: (order: Order) => View },
) {
  const range = { ...(state && { state }), ...(cursor && { beforeId: cursor }) };
  const orders = await listOrders(db, { ...filter, ...range }, limit + 1);
  return pageOf(orders, limit, view);
}

/** An order as staff see it: with refunds and history. */
export async function readForStaff({ db }: Pick<Deps, 'db'>, id: string): Promise<View> {
  const order = (await findOrder(db, id)) ?? refuse('not-found');
  const [history, refunds] = await Promise.all([readHistory(db, id), refundsOf(db, id)]);
  return {
    ...viewWithHistory(order, history),
    customerId: order.customerId,
    refunds: refunds.map(refundView),
  };
}

/** Refunds of one order, newest first. */
export async function listRefunds(
  { db }: Pick<Deps, 'db'>,
  { orderId, limit, cursor }: { orderId: string; limit: number; cursor?: string },
) {
  const refunds = await refundsOf(db, orderId, { limit: limit + 1, ...(cursor && { beforeId: cursor }) });
  return pageOf(refunds, limit, refundView);
}
