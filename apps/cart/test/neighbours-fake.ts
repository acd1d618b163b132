/** Cart's neighbours as a test wants them: a catalogue and prices in memory, with the promises of the real services. */
import type { Line } from '@souk/contracts/identifiers';
import type { Currency } from '@souk/contracts/money';
import type { Quote } from '@souk/contracts/quote';
import type { InvokeRequest } from '@souk/kit/dapr';
import { refuse } from '@souk/kit/problem';
import type { ProductSummary } from '../src/neighbours.ts';

export interface Neighbours {
  invoke<T>(request: InvokeRequest): Promise<T>;
  /** SKU → amount in EUR cents; what is not there has no price. */
  prices: Map<string, number>;
  /** What catalog sells. */
  variants: Map<string, ProductSummary>;
  /** Adds an article with a price. */
  sell(sku: string, amount: number): void;
  /** Paths that were called, in order. */
  calls: string[];
  /** Runs before each answer of pricing. */
  beforePricing: () => Promise<void>;
}

interface QuoteRequest {
  currency: Currency;
  country?: string;
  shippingMethod?: string;
  lines: Line[];
}

const shippingAmount = 490;
const countries = ['DE', 'FR'];

export function createNeighbours(): Neighbours {
  const fake: Neighbours = {
    prices: new Map(),
    variants: new Map(),
    calls: [],
    beforePricing: async () => {},
    sell(sku, amount) {
      fake.prices.set(sku, amount);
      fake.variants.set(sku, {
        ...{ sku, productId: '01JD0000000000000000000000', name: `Article ${sku}`, slug: sku.toLowerCase() },
        image: `${sku.toLowerCase()}.svg`,
        options: { colour: 'red' },
      });
    },
    async invoke<T>({ app, path, body }: InvokeRequest) {
      fake.calls.push(`${app} ${path.split('?')[0]}`);
      if (app === 'catalog') return variantsOf(fake, path) as T;
      await fake.beforePricing();
      const request = body as QuoteRequest;
      requirePrices(fake, request.lines);
      if (path === '/internal/shipping-options') {
        const items = [{ code: 'standard', name: 'Standard', price: money(shippingAmount) }];
        return { items: countries.includes(request.country!) ? items : [] } as T;
      }
      return quoteOf(fake, request) as T;
    },
  };
  return fake;
}

const money = (amount: number) => ({ amount, currency: 'EUR' as const });

function variantsOf({ variants }: Neighbours, path: string) {
  const skus = decodeURIComponent(path.split('skus=')[1]!).split(',');
  return { items: skus.flatMap((sku) => variants.get(sku) ?? []) };
}

function requirePrices({ prices }: Neighbours, lines: Line[]): void {
  const skus = lines.map(({ sku }) => sku).filter((sku) => !prices.has(sku));
  if (skus.length > 0) refuse('unknown-sku', undefined, { skus });
}

function quoteOf({ prices }: Neighbours, { country = 'DE', shippingMethod, lines }: QuoteRequest): Quote {
  if (!countries.includes(country)) refuse('not-shippable');
  if (shippingMethod !== undefined && shippingMethod !== 'standard') refuse('not-shippable');
  const priced = lines.map(({ sku, quantity }) => ({
    ...{ sku, quantity, unitPrice: money(prices.get(sku)!), discount: money(0), tax: money(0) },
    taxRate: '0',
    total: money(prices.get(sku)! * quantity),
  }));
  const shipping = shippingMethod
    ? { method: 'standard', name: 'Standard', tax: money(0), taxRate: '0', total: money(shippingAmount) }
    : null;
  const total = priced.reduce((sum, line) => sum + line.total.amount, shipping?.total.amount ?? 0);
  if (total > 1_000_000_000) refuse('total-too-high');
  return {
    ...{ currency: 'EUR', country, taxIncluded: true, lines: priced, discounts: [], shipping },
    tax: money(0),
    total: money(total),
    quoteHash: 'a'.repeat(64),
  };
}
