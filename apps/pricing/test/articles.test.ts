/** What products say of their articles: in any order, any number of times, the newest event counts. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPricing, type PricingUnderTest } from './pricing-under-test.ts';

let shop: PricingUnderTest;
let number = 0;
beforeAll(async () => {
  shop = await openPricing();
});
afterAll(() => shop?.close());

/** A product that nobody has heard of, with two SKUs. */
function newProduct() {
  number += 1;
  const [a, b] = [`LAMP-${number}-A`, `LAMP-${number}-B`];
  const productId = newId();
  const both = [a, b];
  const variant = (sku: string, weightGrams = 300) => ({ sku, taxClass: 'standard', weightGrams });
  const payload = (skus = both, variants = skus.map((sku) => variant(sku))) => ({
    productId,
    slug: `lamp-${number}`,
    skus,
    variants,
  });
  const archived = { productId, slug: `lamp-${number}`, skus: both };
  return { a, b, payload, variant, archived };
}

const price = (sku: string, amount = 1_000) =>
  shop.staff('put', `/admin/prices/${sku}`, { body: { prices: [{ amount, currency: 'EUR' }] } });
const quoted = (sku: string) => shop.quote({ currency: 'EUR', lines: [{ sku, quantity: 1 }] });

/** What becomes of a quote: its total, or why there is none. */
async function outcome(sku: string): Promise<number | string> {
  const { status, body } = await quoted(sku);
  return status === 200 ? body.total.amount : body.code;
}

describe('an article', () => {
  it('is for sale once it has a price and a product, whichever comes first', async () => {
    const { a, b, payload } = newProduct();
    await price(a);
    expect(await outcome(a)).toBe('unknown-sku');
    expect(await shop.deliver('product.published', { version: 2, payload: payload() })).toBe(200);
    expect([await outcome(a), await outcome(b)]).toEqual([1_000, 'unknown-sku']);
    await price(b, 2_000);
    expect(await outcome(b)).toBe(2_000);
  });

  it('can no longer be ordered once its product is archived, not by an older hash either', async () => {
    const { a, payload, archived } = newProduct();
    await price(a);
    await shop.deliver('product.published', { version: 2, payload: payload() });
    const { quoteHash } = (await quoted(a)).body;
    await shop.deliver('product.archived', { version: 3, payload: archived });
    const late = await shop.quote({
      currency: 'EUR',
      lines: [{ sku: a, quantity: 1 }],
      orderId: newId(),
      quoteHash,
    });
    expect([late.status, late.body.code, late.body.skus]).toEqual([409, 'unknown-sku', [a]]);
    await shop.deliver('product.published', { version: 4, payload: payload() });
    expect(await outcome(a)).toBe(1_000);
  });

  it('stays out of the shop when its publication arrives after its archiving', async () => {
    const { a, payload, archived } = newProduct();
    await price(a);
    await shop.deliver('product.archived', { version: 3, payload: archived });
    await shop.deliver('product.published', { version: 2, payload: payload() });
    expect(await outcome(a)).toBe('unknown-sku');
  });

  it('follows changes of its weight, by version and not by arrival', async () => {
    const { a, variant, payload } = newProduct();
    await price(a);
    await shop.deliver('product.changed', { version: 5, payload: payload([a], [variant(a, 5_000)]) });
    await shop.deliver('product.changed', { version: 4, payload: payload([a], [variant(a, 100)]) });
    const heavy = { currency: 'EUR', shippingMethod: 'standard', lines: [{ sku: a, quantity: 1 }] };
    expect((await shop.quote(heavy)).body.shipping.total.amount).toBe(690);
    await shop.deliver('product.changed', { version: 6, payload: payload([a], [variant(a, 100)]) });
    expect((await shop.quote(heavy)).body.shipping.total.amount).toBe(490);
  });

  it('leaves the shop when its product does not name it any more, and comes back', async () => {
    const { a, b, payload } = newProduct();
    await Promise.all([price(a), price(b)]);
    await shop.deliver('product.published', { version: 2, payload: payload() });
    await shop.deliver('product.changed', { version: 3, payload: payload([a]) });
    expect([await outcome(a), await outcome(b)]).toEqual([1_000, 'unknown-sku']);
    await shop.deliver('product.changed', { version: 4, payload: payload() });
    expect(await outcome(b)).toBe(1_000);
  });

  it('that was here before any event belongs to the first product that names it', async () => {
    const { payload, variant } = newProduct();
    const skus = ['SOAP-1'];
    await shop.deliver('product.changed', { version: 2, payload: payload(skus, [variant('SOAP-1', 9_000)]) });
    expect(await outcome('SOAP-1')).toBe(690);
    await shop.deliver('product.archived', { version: 3, payload: payload(skus) });
    expect(await outcome('SOAP-1')).toBe('unknown-sku');
  });

  it('ends as its newest event says when all of them come at once', async () => {
    const { a, payload, archived } = newProduct();
    await price(a);
    const events = Array.from({ length: 20 }, (_, index) => index + 2).map((version) =>
      version % 2
        ? shop.deliver('product.archived', { version, payload: archived })
        : shop.deliver('product.published', { version, payload: payload() }),
    );
    expect(new Set(await Promise.all(events))).toEqual(new Set([200]));
    const versions = await shop.db('articles').where({ sku: a }).pluck('version');
    expect(versions).toEqual([21]);
    expect(await outcome(a)).toBe('unknown-sku');
  });

  it('without a tax class is nobody’s guess: the event is refused, to be looked at', async () => {
    const { archived } = newProduct();
    expect(await shop.deliver('product.published', { version: 2, payload: archived })).toBe(500);
  });
});
