/** Typed calls to the services that a cart needs, each with its deadline. */
import type { Line } from '@souk/contracts/identifiers';
import type { Currency, Money } from '@souk/contracts/money';
import type { Quote } from '@souk/contracts/quote';
import type { Deps } from '@souk/kit/service';
import type { Delivery } from './cart.ts';

type Caller = Pick<Deps, 'dapr'>;

const timeoutMs = 1_000;

/** What a cart shows of an article. */
export interface ProductSummary {
  sku: string;
  productId: string;
  name: string;
  slug: string;
  image: string | null;
  options: Record<string, string>;
}

export interface Basket {
  currency: Currency;
  lines: Line[];
  delivery: Delivery | null;
}

export interface ShippingOption {
  code: string;
  name: string;
  price: Money;
}

/** What pricing says that a basket costs; without a delivery, for the country where most buyers of the currency live. */
export function makeQuote({ dapr }: Caller, { currency, lines, delivery }: Basket): Promise<Quote> {
  const where = delivery && {
    country: delivery.address.country,
    shippingMethod: delivery.shippingMethod,
  };
  return dapr.invoke<Quote>({
    app: 'pricing',
    method: 'POST',
    path: '/internal/quotes',
    body: { currency, lines: plain(lines), ...where },
    timeoutMs,
  });
}

/** By which methods pricing says that a basket can be sent to `country`. */
export function listShippingOptions(
  { dapr }: Caller,
  { currency, country, lines }: { currency: Currency; country: string; lines: Line[] },
): Promise<{ items: ShippingOption[] }> {
  return dapr.invoke<{ items: ShippingOption[] }>({
    app: 'pricing',
    method: 'POST',
    path: '/internal/shipping-options',
    body: { currency, country, lines: plain(lines) },
    timeoutMs,
  });
}

/** What catalog knows of these SKUs (at most 100); unknown ones are absent. */
export async function readVariants({ dapr }: Caller, skus: string[]): Promise<ProductSummary[]> {
  const { items } = await dapr.invoke<{ items: ProductSummary[] }>({
    app: 'catalog',
    method: 'GET',
    path: `/internal/variants?skus=${skus.map(encodeURIComponent).join(',')}`,
    timeoutMs,
  });
  return items;
}

const plain = (lines: Line[]) => lines.map(({ sku, quantity }) => ({ sku, quantity }));
