/** What staff do with prices and rules: who may, what changes with it, and that nobody overwrites unseen. */
import { firstBrokenRow } from '@souk/back-office/audit';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPricing, type PricingUnderTest } from './pricing-under-test.ts';
import { sampleRules } from './sample-rules.ts';

let shop: PricingUnderTest;
beforeAll(async () => {
  shop = await openPricing();
});
beforeEach(() => shop.reset());
afterAll(() => shop?.close());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const usd = (amount: number) => ({ amount, currency: 'USD' });
const put = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  shop.staff('put', path, { body, headers });
const setPrices = (sku: string, prices: unknown, headers = {}) =>
  put(`/admin/prices/${sku}`, { prices }, headers);
const totalOf = async (sku: string) =>
  (await shop.quote({ currency: 'EUR', lines: [{ sku, quantity: 1 }] })).body.total?.amount;

describe('staff', () => {
  it.each([
    ['support', 'get', '/admin/prices', 200],
    ['support', 'get', '/admin/tax-rates', 200],
    ['support', 'put', '/admin/prices/SOAP-1', 403],
    ['support', 'put', '/admin/shipping-rates', 403],
    ['warehouse', 'get', '/admin/prices', 403],
    ['catalogue', 'get', '/admin/pricing/audit', 403],
    ['owner', 'get', '/admin/pricing/dead-events', 200],
  ] as const)('as %s: %s %s is answered %i', async (role, method, path, status) => {
    const body = method === 'put' ? { body: {} } : {};
    expect((await shop.staff(method, path, { roles: [role], ...body })).status).toBe(status);
  });
});

describe('/admin/prices', () => {
  it('changes a price: quoted at once, one event for each that differs, audited, and the relay woken', async () => {
    const { status, body, headers } = await setPrices('SOAP-1', [eur(750), usd(790)]);
    expect([status, headers.etag]).toEqual([200, '"3"']);
    expect(body).toMatchObject({ sku: 'SOAP-1', sellable: true, prices: [eur(750), usd(790)], version: 3 });
    expect(await totalOf('SOAP-1')).toBe(750);
    expect(await shop.events()).toMatchObject([
      {
        type: 'price.changed',
        subject: 'SOAP-1',
        version: 2,
        payload: { sku: 'SOAP-1', currency: 'EUR', price: eur(750) },
      },
    ]);
    expect(await shop.audit()).toEqual([
      {
        action: 'price.changed',
        entity_id: 'SOAP-1',
        change_before: JSON.stringify([eur(690), usd(790)]),
        change_after: JSON.stringify([eur(750), usd(790)]),
      },
    ]);
    expect(shop.wakes()).toBe(1);
  });

  it('leaves no trace of a change that changes nothing', async () => {
    expect((await setPrices('SOAP-1', [eur(690)])).body.version).toBe(2);
    expect([await shop.events(), await shop.audit()]).toEqual([[], []]);
  });

  it('gives an article that has no product yet its first price, and lists what still has none', async () => {
    await shop.db('articles').insert({ sku: 'NEW-2', sellable: 0, version: 1, product_id: newId() });
    expect((await setPrices('NEW-1', [usd(100)])).body).toMatchObject({ sellable: false, version: 1 });
    const { body } = await shop.staff('get', '/admin/prices?sku=NEW-');
    expect(body.items.map(({ sku, prices }: { sku: string; prices: unknown[] }) => [sku, prices])).toEqual([
      ['NEW-1', [usd(100)]],
      ['NEW-2', []],
    ]);
    expect((await shop.staff('get', '/admin/prices/NO-SUCH')).status).toBe(404);
  });

  it('lists in pages, each SKU once', async () => {
    await Promise.all(Array.from({ length: 7 }, (_, index) => setPrices(`PAGE-${index}`, [eur(index)])));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next = cursor && `&cursor=${cursor}`;
      const { body } = await shop.staff('get', `/admin/prices?limit=2${next}`);
      seen.push(...body.items.map(({ sku }: { sku: string }) => sku));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(['BOOK-1', ...Array.from({ length: 7 }, (_, index) => `PAGE-${index}`), 'SOAP-1']);
  });

  it('lets one of two editors win who have read the same', async () => {
    const { headers } = await shop.staff('get', '/admin/prices/SOAP-1');
    const match = { 'if-match': headers.etag! };
    const answers = await Promise.all([700, 800].map((amount) => setPrices('SOAP-1', [eur(amount)], match)));
    const stale = answers.find(({ status }) => status === 412)!;
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect([stale.body.code, stale.headers.etag]).toEqual(['stale-etag', '"3"']);
    expect(stale.body.current.prices[0].amount).toBe(await totalOf('SOAP-1'));
    const again = await setPrices('SOAP-1', [eur(900)], { 'if-match': stale.headers.etag! });
    expect(again.status).toBe(200);
  });

  it('gives each of many changes at once its own version, event and audit row', async () => {
    const amounts = Array.from({ length: 20 }, (_, index) => 1_000 + index);
    const answers = await Promise.all(amounts.map((amount) => setPrices('BOOK-1', [eur(amount)])));
    expect(answers.map(({ body }) => body.version).toSorted((a, b) => a - b)).toEqual(
      amounts.map((_, index) => index + 2),
    );
    expect((await shop.events()).map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(
      amounts.map((_, index) => index + 2),
    );
    expect((await shop.audit()).length).toBe(20);
    expect(await firstBrokenRow(shop.db)).toBeUndefined();
  });

  it('gives many new articles at once their first price', async () => {
    const skus = Array.from({ length: 20 }, (_, index) => `FIRST-${index % 10}`);
    const answers = await Promise.all(skus.map((sku, index) => setPrices(sku, [eur(index)])));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await shop.audit()).length).toBe(20);
  });

  it.each([
    ['no prices', []],
    ['a currency twice', [eur(1), eur(2)]],
    ['a fraction', [eur(1.5)]],
    ['less than nothing', [eur(-1)]],
    ['too much', [eur(1_000_000_001)]],
    ['a number as text', [{ amount: '1', currency: 'EUR' }]],
    ['another currency', [{ amount: 1, currency: 'JPY' }]],
    ['no list', 7],
  ])('refuses %s', async (_what, prices) => {
    const { status, body } = await setPrices('SOAP-1', prices);
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.errors[0].pointer).toMatch(/^\/body\/prices/);
  });
});

describe('/admin/tax-rates', () => {
  const path = '/admin/tax-rates';
  const dearer = sampleRules.taxes.map((tax) => (tax.country === 'DE' ? { ...tax, standard: '0.25' } : tax));

  it('are published as the next version, which the next quote follows, and audited by country', async () => {
    const { headers, body } = await shop.staff('get', path);
    expect([headers.etag, body.taxRates]).toEqual(['"1"', sampleRules.taxes]);
    const published = await put(path, { taxRates: dearer }, { 'if-match': headers.etag! });
    expect([published.status, published.headers.etag, published.body.version]).toEqual([200, '"2"', 2]);
    const quote = await shop.quote({ currency: 'EUR', lines: [{ sku: 'SOAP-1', quantity: 1 }] });
    expect(quote.body.lines[0]).toMatchObject({ taxRate: '0.25', tax: { amount: 138 } });
    const [row] = await shop.audit();
    expect(JSON.parse(row!.change_after as string)).toEqual({ version: 2, 'taxRates.DE': dearer[0] });
    expect(await shop.db('rule_versions').orderBy('version').pluck('version')).toEqual([1, 2]);
  });

  it('cannot be published over what somebody else has published since, be it shipping', async () => {
    const shipping = { ...sampleRules.shipping, taxClass: 'reduced' };
    await put('/admin/shipping-rates', shipping, { 'if-match': '"1"' });
    const { status, body, headers } = await put(path, { taxRates: dearer }, { 'if-match': '"1"' });
    expect([status, body.code, headers.etag]).toEqual([412, 'stale-etag', '"2"']);
    const published = await put(path, { taxRates: dearer }, { 'if-match': headers.etag! });
    expect(published.status).toBe(200);
    expect((await shop.staff('get', '/admin/shipping-rates')).body.taxClass).toBe('reduced');
  });

  it('let one of many editors win who have read the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        put(
          path,
          { taxRates: sampleRules.taxes.map((tax) => ({ ...tax, zero: `0.0${index + 1}` })) },
          { 'if-match': '"1"' },
        ),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9);
  });

  it('make no version if nothing differs, and need to be told which version was read', async () => {
    expect((await put(path, { taxRates: sampleRules.taxes }, { 'if-match': '*' })).body.version).toBe(1);
    const { status, body } = await put(path, { taxRates: dearer });
    expect([status, body.errors[0].pointer]).toEqual([400, '/headers/if-match']);
  });

  it.each([
    ['a rate as a number', [{ ...dearer[0], standard: 0.19 }], '/body/taxRates/0/standard'],
    ['a country twice', [...dearer, dearer[0]], '/body/taxRates/4'],
    ['a country less than we deliver to', dearer.slice(1), '/body/taxRates'],
    ['none', [], '/body/taxRates'],
  ])('refuse %s, and say where', async (_what, taxRates, pointer) => {
    const { status, body } = await put(path, { taxRates }, { 'if-match': '*' });
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.errors[0].pointer).toBe(pointer);
  });
});

describe('/admin/shipping-rates', () => {
  const path = '/admin/shipping-rates';
  const { shipping } = sampleRules;

  it('are published, and audited by method', async () => {
    const methods = [shipping.methods[0], { ...shipping.methods[1], name: 'Overnight' }];
    const { status } = await put(path, { ...shipping, methods }, { 'if-match': '"1"' });
    expect(status).toBe(200);
    const [row] = await shop.audit();
    expect(JSON.parse(row!.change_before as string)).toEqual({
      version: 1,
      'methods.express': shipping.methods[1],
    });
  });

  it.each([
    ['a zone that nobody defined', { zones: { home: ['DE'], near: ['FR'] } }, '/body/methods/0/rates/2/zone'],
    ['a country in two zones', { zones: { ...shipping.zones, twice: ['DE'] } }, '/body/zones/twice/0'],
    ['a country without tax', { zones: { ...shipping.zones, east: ['JP'] } }, '/body/zones/east/0'],
    ['a strange name of a zone', { zones: { ...shipping.zones, '../x': ['PL'] } }, '/body/zones/..~1x'],
    ['a method twice', { methods: [shipping.methods[0], shipping.methods[0]] }, '/body/methods/1'],
    ['a field that nobody knows', { colour: 'red' }, '/body/colour'],
  ])('refuse %s, and say where', async (_what, change, pointer) => {
    const { status, body } = await put(path, { ...shipping, ...change }, { 'if-match': '*' });
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
    expect(await shop.audit()).toEqual([]);
  });

  it('refuse what no audit row could hold', async () => {
    const bands = Array.from({ length: 20 }, (_, index) => ({ upToGrams: index + 1, price: 1_000_000_000 }));
    const zones = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [zoneName(index), ['DE']]));
    const rates = Object.keys(zones).map((zone) => ({ zone, currency: 'EUR', bands }));
    const methods = [{ code: 'large', name: 'Large', rates }];
    const { status, body } = await put(path, { ...shipping, zones, methods }, { 'if-match': '*' });
    expect(status).toBe(400);
    expect(body.errors.length).toBeGreaterThan(0);
  });
});

const zoneName = (index: number) => `z${'abcdefghij'[Math.floor(index / 10)]}${'abcdefghij'[index % 10]}`;
