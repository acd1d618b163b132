/** A cart as its owner sees it: with names, pictures and prices as they are now. All money comes from pricing. */
import type { Line } from '@souk/contracts/identifiers';
import { type Money, money } from '@souk/contracts/money';
import type { Quote, QuoteLine } from '@souk/contracts/quote';
import { isRefusal } from '@souk/kit/problem';
import type { Deps } from '@souk/kit/service';
import type { Cart, Delivery } from './cart.ts';
import { type Basket, makeQuote, type ProductSummary } from './neighbours.ts';
import type { ProductSummaries } from './product-summaries.ts';
import type { RecentQuotes } from './recent-quotes.ts';
import type { Turns } from './turns.ts';

export type CartDeps = Pick<Deps, 'dapr' | 'log' | 'now' | 'newId' | 'secrets'> & {
  summaries: ProductSummaries;
  turns: Turns;
  recentQuotes: RecentQuotes;
};

/** Why a cart cannot be ordered as it is. */
export type CartProblem = 'unknown-sku' | 'not-shippable' | 'total-too-high';

/** What is null is not for sale (any more), or has no price in this currency. */
export interface CartLineView extends Line {
  addedAt: string;
  forSale: boolean;
  name: string | null;
  slug: string | null;
  image: string | null;
  options: Record<string, string>;
  unitPrice: Money | null;
  discount: Money | null;
  tax: Money | null;
  total: Money | null;
}

export interface CartView {
  id: string;
  currency: Cart['currency'];
  lines: CartLineView[];
  /** Whether `unitPrice` contains tax; totals always do. */
  taxIncluded: boolean;
  shipping: Quote['shipping'];
  /** Of everything for sale, with shipping once it is chosen; null if pricing can give none. */
  total: Money | null;
  delivery: Delivery | null;
  /** The quote to order by; null until there is a delivery and while there are problems. */
  quote: Quote | null;
  problems: CartProblem[];
  closedBy: string | null;
  mergedInto: string | null;
  createdAt: string;
  updatedAt: string;
}

/** Prices a cart. What cannot be sold is flagged and left out of the total; the answer is never a refusal for it. */
export async function priceCart(deps: Pick<CartDeps, 'dapr' | 'summaries'>, cart: Cart): Promise<CartView> {
  const summaries = await deps.summaries.of(cart.items.map(({ sku }) => sku));
  const sold = cart.items.filter(({ sku }) => summaries.has(sku));
  const { quote, problems } = await quoteWhatCanBe(deps, { ...cart, lines: sold });
  const priced = new Map(quote?.lines.map((line) => [line.sku, line]));
  const lines = cart.items.map((item) => lineView(item, summaries.get(item.sku), priced.get(item.sku)));
  if (sold.length < cart.items.length) problems.add('unknown-sku');
  return {
    id: cart.id,
    currency: cart.currency,
    lines,
    taxIncluded: quote?.taxIncluded ?? true,
    shipping: quote?.shipping ?? null,
    total: quote?.total ?? (problems.has('total-too-high') ? null : money(0, cart.currency)),
    delivery: cart.delivery,
    quote: cart.delivery && problems.size === 0 ? quote : null,
    problems: [...problems],
    closedBy: cart.closedBy,
    mergedInto: cart.mergedInto?.cartId ?? null,
    createdAt: cart.createdAt,
    updatedAt: cart.updatedAt,
  };
}

function lineView(
  { sku, quantity, addedAt }: Cart['items'][number],
  summary: ProductSummary | undefined,
  price: QuoteLine | undefined,
): CartLineView {
  return {
    ...{ sku, quantity, addedAt },
    forSale: summary !== undefined && price !== undefined,
    name: summary?.name ?? null,
    slug: summary?.slug ?? null,
    image: summary?.image ?? null,
    options: summary?.options ?? {},
    unitPrice: price?.unitPrice ?? null,
    discount: price?.discount ?? null,
    tax: price?.tax ?? null,
    total: price?.total ?? null,
  };
}

interface PartialQuote {
  quote: Quote | null;
  problems: Set<CartProblem>;
}

/** Asks again without what pricing refuses: once without unknown SKUs, once without the delivery. */
async function quoteWhatCanBe(deps: Pick<CartDeps, 'dapr'>, basket: Basket): Promise<PartialQuote> {
  const problems = new Set<CartProblem>();
  let { lines, delivery } = basket;
  while (lines.length > 0) {
    try {
      const quote = await makeQuote(deps, { currency: basket.currency, lines, delivery });
      return { quote, problems };
    } catch (error) {
      if (isRefusal(error, 'total-too-high'))
        return { quote: null, problems: problems.add(error.code as CartProblem) };
      if (isRefusal(error, 'unknown-sku') && !problems.has('unknown-sku')) {
        problems.add('unknown-sku');
        lines = lines.filter(({ sku }) => !(error.extra.skus as string[]).includes(sku));
      } else if (isRefusal(error, 'not-shippable') && delivery) {
        problems.add('not-shippable');
        delivery = null;
      } else throw error;
    }
  }
  return { quote: null, problems };
}
