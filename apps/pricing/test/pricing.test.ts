/** Pricing's routes and use cases on a real database. */
import type { Quote } from '@souk/contracts/quote';
import { inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import type { Response } from 'supertest';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders, type UnderTest } from '../../../test/support/service-under-test.ts';
import { changePrice } from '../src/change-price.ts';
import { publishRules } from '../src/publish-rules.ts';
import { taxRates } from '../src/rule-halves.ts';
import type { CountryTax } from '../src/rules.ts';
import { pricing } from '../src/service.ts';
import { sampleRules } from './sample-rules.ts';

let database: TestDatabase;
let pricingApp: UnderTest<object>;
let check: (response: Response) => Response;
const wakeRelay = vi.fn();

beforeAll(async () => {
  database = await openTestDatabase('pricing');
  pricingApp = buildUnderTest(pricing, { db: database.db, wakeRelay });
  check = await openApiChecker(pricingApp.app);
});
afterAll(() => database?.close());

beforeEach(async () => {
  for (const table of ['prices', 'articles', 'rule_versions', 'outbox']) await database.db(table).del();
  await database.db('prices').insert([
    { sku: 'SOAP-1', currency: 'EUR', amount: 690 },
    { sku: 'SOAP-1', currency: 'USD', amount: 790 },
    { sku: 'BOOK-1', currency: 'EUR', amount: 1500 },
  ]);
  await database.db('articles').insert([
    { sku: 'SOAP-1', tax_class: 'standard', weight_grams: 200, sellable: 1, version: 0 },
    { sku: 'BOOK-1', tax_class: 'reduced', weight_grams: 400, sellable: 1, version: 0 },
  ]);
  await database.db('rule_versions').insert({ id: newId(), version: 1, rules: JSON.stringify(sampleRules) });
  // Versions are immutable, so a test that puts other rules under the same number needs another process.
  pricingApp = buildUnderTest(pricing, { db: database.db, wakeRelay });
});

async function post(path: string, body: object, caller = 'cart'): Promise<Response> {
  return check(await supertest(pricingApp.app).post(path).set(sidecarHeaders(caller)).send(body));
}

const quote = (body: object, caller?: string) => post('/internal/quotes', body, caller);
const oneSoap = { currency: 'EUR', lines: [{ sku: 'SOAP-1', quantity: 1 }] };

function setPrice(amount: number, sku = 'SOAP-1') {
  const change = { sku, prices: [{ amount, currency: 'EUR' as const }] };
  return inTransaction(database.db, (tx) => changePrice(tx, change));
}

async function putTaxes(change: (tax: CountryTax) => CountryTax) {
  const view = { taxRates: sampleRules.taxes.map(change) };
  return inTransaction(database.db, (tx) => publishRules(tx, taxRates, { id: newId(), view, ifMatch: '*' }));
}

async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const note = ({ sql }: { sql: string }) => void statements.push(sql);
  database.db.on('query', note);
  await work();
  database.db.off('query', note);
  return statements;
}

describe('POST /internal/quotes', () => {
  it('quotes a basket with a chosen method', async () => {
    const { status, body } = await quote({
      currency: 'EUR',
      country: 'FR',
      shippingMethod: 'standard',
      lines: [
        { sku: 'SOAP-1', quantity: 2 },
        { sku: 'BOOK-1', quantity: 1 },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ country: 'FR', taxIncluded: true, discounts: [] });
    expect(body.lines.map((line: Quote['lines'][0]) => line.total.amount)).toEqual([1380, 1500]);
    expect(body.total).toEqual({ amount: 1380 + 1500 + 790, currency: 'EUR' });
  });

  it.each([
    ['EUR', 'DE', true],
    ['USD', 'US', false],
  ])('quotes %s for %s when no country is given', async (currency, country, taxIncluded) => {
    const { body } = await quote({ ...oneSoap, currency });
    expect(body).toMatchObject({ currency, country, taxIncluded, shipping: null });
  });

  it('accepts the hash that it gave, for an order', async () => {
    const { quoteHash } = (await quote(oneSoap)).body;
    const again = await quote({ ...oneSoap, orderId: newId(), quoteHash }, 'orders');
    expect([again.status, again.body.quoteHash]).toEqual([200, quoteHash]);
  });

  it('tells the new quote when the price has changed meanwhile', async () => {
    const { quoteHash } = (await quote(oneSoap)).body;
    await setPrice(750);
    const { status, body } = await quote({ ...oneSoap, orderId: newId(), quoteHash }, 'orders');
    expect([status, body.code]).toEqual([409, 'price-changed']);
    expect(body.quote.total).toEqual({ amount: 750, currency: 'EUR' });
    const accepted = await quote({ ...oneSoap, quoteHash: body.quote.quoteHash }, 'orders');
    expect(accepted.status).toBe(200);
  });

  it('names the articles that have no price in that currency', async () => {
    const lines = [...oneSoap.lines, { sku: 'BOOK-1', quantity: 1 }];
    const some = await quote({ currency: 'USD', lines });
    expect([some.status, some.body.code, some.body.skus]).toEqual([409, 'unknown-sku', ['BOOK-1']]);
    const none = await quote({ currency: 'EUR', lines: [{ sku: 'NO-SUCH', quantity: 1 }] });
    expect([none.body.code, none.body.skus]).toEqual(['unknown-sku', ['NO-SUCH']]);
  });

  it.each([
    ['country', { ...oneSoap, country: 'JP' }],
    ['method', { ...oneSoap, shippingMethod: 'balloon' }],
  ])('refuses an unknown %s as not shippable', async (_what, body) => {
    const answer = await quote(body);
    expect([answer.status, answer.body.code]).toEqual([409, 'not-shippable']);
  });

  it.each([
    ['no lines', { lines: [] }],
    ['an article twice', { lines: [...oneSoap.lines, ...oneSoap.lines] }],
    ['a fraction', { lines: [{ sku: 'SOAP-1', quantity: 1.5 }] }],
    ['a number as text', { lines: [{ sku: 'SOAP-1', quantity: '1' }] }],
    ['a huge quantity', { lines: [{ sku: 'SOAP-1', quantity: 1e300 }] }],
    ['another currency', { currency: 'JPY' }],
    ['an unknown field', { coupon: 'X' }],
    ['a mangled hash', { quoteHash: 'abc' }],
  ])('refuses %s as an invalid request', async (_what, change) => {
    const { status, body } = await quote({ ...oneSoap, ...change });
    expect([status, body.code]).toEqual([400, 'invalid-request']);
  });

  it('answers only who is in the call table', async () => {
    expect((await quote(oneSoap, 'catalog')).status).toBe(403);
    const bare = await supertest(pricingApp.app).post('/internal/quotes').send(oneSoap);
    expect(check(bare).status).toBe(401);
  });

  it('takes two statements when the rules are new to the process, and one from then on', async () => {
    expect(await statementsDuring(() => quote(oneSoap))).toHaveLength(2);
    expect(await statementsDuring(() => quote(oneSoap))).toHaveLength(1);
    await putTaxes((tax) => ({ ...tax, reduced: '0' }));
    expect(await statementsDuring(() => quote(oneSoap))).toHaveLength(2);
  });

  it('is unavailable while no rules have been published', async () => {
    await database.db('rule_versions').del();
    const { status, body } = await quote(oneSoap);
    expect([status, body.code]).toEqual([503, 'unavailable']);
  });
});

describe('POST /internal/shipping-options', () => {
  it('lists what goes there, and nothing for a country outside all zones', async () => {
    const { body } = await post('/internal/shipping-options', { ...oneSoap, country: 'DE' });
    expect(body.items.map(({ code, price }: { code: string; price: object }) => [code, price])).toEqual([
      ['standard', { amount: 490, currency: 'EUR' }],
      ['express', { amount: 1190, currency: 'EUR' }],
    ]);
    expect((await post('/internal/shipping-options', { ...oneSoap, country: 'JP' })).body).toEqual({
      items: [],
    });
  });

  it('names unknown articles', async () => {
    const lines = [{ sku: 'NO-SUCH', quantity: 1 }];
    const { status, body } = await post('/internal/shipping-options', {
      currency: 'EUR',
      country: 'DE',
      lines,
    });
    expect([status, body.skus]).toEqual([409, ['NO-SUCH']]);
  });
});
