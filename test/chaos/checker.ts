/** The invariants of the shop as a pure function: facts about some articles and their orders in, violations out. */

export interface OrderFact {
  id: string;
  cartId: string;
  state: string;
  total: number;
  lines: { sku: string; quantity: number }[];
  history: string[];
}

export interface Facts {
  /** SKU → pieces before the first order, and what inventory says now. */
  stock: Record<string, { initial: number; onHand: number; reserved: number }>;
  orders: OrderFact[];
  /** Orders that a client was told to exist, by 201 or 202. */
  acknowledged: string[];
  /** Orders whose client was told that they failed for good (402, 409). */
  refused: string[];
  ledger: { orderId: string; type: string; amount: number }[];
  /** Mails with a confirmation, by order id. */
  confirmations: Record<string, number>;
  /** Mails that may come twice: their process was killed between sending and noting it. */
  mayRepeatMail?: boolean;
  /** Events that have not left the outboxes, and dead ones. */
  unsent: number;
  dead: number;
}

const final = new Set(['confirmed', 'cancelled', 'dispatched', 'delivered']);
const next: Record<string, string[]> = {
  pending: ['requires-action', 'confirmed', 'cancelling'],
  'requires-action': ['confirmed', 'cancelling'],
  confirmed: ['cancelling', 'dispatched'],
  cancelling: ['cancelled'],
  dispatched: ['delivered'],
};

/** Every violation as a sentence; none means that nothing was lost, doubled, oversold or left behind. */
export function violationsOf(facts: Facts): string[] {
  return [
    ...noneLost(facts),
    ...noneDouble(facts),
    ...stockConserved(facts),
    ...moneyConserved(facts),
    ...allFinal(facts),
    ...lawfulHistories(facts),
    ...mailedOnce(facts),
  ];
}

function noneLost({ orders, acknowledged }: Facts): string[] {
  const known = new Set(orders.map(({ id }) => id));
  return acknowledged.filter((id) => !known.has(id)).map((id) => `order ${id} was acknowledged and is lost`);
}

function noneDouble({ orders, refused }: Facts): string[] {
  const live = orders.filter(({ state }) => state !== 'cancelled');
  const perCart = Map.groupBy(live, ({ cartId }) => cartId);
  const twice = [...perCart]
    .filter(([, own]) => own.length > 1)
    .map(([cart]) => `cart ${cart} was ordered twice`);
  const gone = new Set(refused);
  return [
    ...twice,
    ...live.filter(({ id }) => gone.has(id)).map(({ id }) => `order ${id} was refused and lives`),
  ];
}

function stockConserved({ stock, orders }: Facts): string[] {
  return Object.entries(stock).flatMap(([sku, { initial, onHand, reserved }]) => {
    const sold = orders
      .filter(({ state }) => final.has(state) && state !== 'cancelled')
      .flatMap(({ lines }) => lines)
      .filter((line) => line.sku === sku)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const found = [];
    if (onHand + sold !== initial)
      found.push(`${sku}: ${initial} pieces, but ${onHand} left and ${sold} sold`);
    if (reserved !== 0) found.push(`${sku}: ${reserved} pieces are still reserved`);
    if (onHand < 0) found.push(`${sku}: oversold to ${onHand}`);
    return found;
  });
}

function moneyConserved({ orders, ledger }: Facts): string[] {
  const lines = Map.groupBy(ledger, ({ orderId }) => orderId);
  return orders.flatMap(({ id, state, total }) => {
    const own = lines.get(id) ?? [];
    const sum = (type: string) =>
      own.filter((line) => line.type === type).reduce((all, { amount }) => all + amount, 0);
    const held = sum('authorise') - sum('void');
    const expected = state === 'cancelled' ? 0 : total;
    const found = [];
    if (held !== expected) found.push(`order ${id} (${state}): ${held} is held of ${expected}`);
    if (own.filter(({ type }) => type === 'authorise').length > 1)
      found.push(`order ${id} was authorised twice`);
    return found;
  });
}

function allFinal({ orders, unsent, dead }: Facts): string[] {
  const moving = orders
    .filter(({ state }) => !final.has(state))
    .map(({ id, state }) => `order ${id} is still ${state}`);
  if (unsent > 0) moving.push(`${unsent} events have not been sent`);
  if (dead > 0) moving.push(`${dead} events are dead`);
  return moving;
}

function lawfulHistories({ orders }: Facts): string[] {
  return orders.flatMap(({ id, history }) =>
    history.flatMap((state, i) => {
      const before = history[i - 1];
      if (before === undefined) return state === 'pending' ? [] : [`order ${id} began as ${state}`];
      return next[before]?.includes(state) ? [] : [`order ${id} went from ${before} to ${state}`];
    }),
  );
}

function mailedOnce({ orders, confirmations, mayRepeatMail }: Facts): string[] {
  return orders.flatMap(({ id, history }) => {
    const mails = confirmations[id] ?? 0;
    const wanted = history.includes('confirmed') ? 1 : 0;
    const most = mayRepeatMail ? wanted * 2 : wanted;
    return mails < wanted || mails > most
      ? [`order ${id}: ${mails} confirmation mails instead of ${wanted}`]
      : [];
  });
}
