/** What staff do to products: what readers see, what other services hear, what the audit log keeps. */
import { newId } from '@souk/kit/identifier';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fillCategories } from './fill-catalogue.ts';
import { announced, audited, type CatalogUnderTest, newProduct, openCatalog, slugsOf } from './shop.ts';

let shop: CatalogUnderTest;

beforeAll(async () => {
  shop = await openCatalog();
  await fillCategories(shop.db);
});
afterAll(() => shop.close());

let serial = 0;
let slug: string;
let sku: string;
beforeEach(() => {
  serial += 1;
  slug = `pot-${serial}`;
  sku = `POT-${serial}`;
});
afterEach(async () => {
  await shop.db('outbox').delete();
});

const variantOf = (name: string) => ({ sku: name, options: { size: 'small' }, weightGrams: 900 });
const priced = (name: string) =>
  shop.deliver('price.changed', 1, { sku: name, currency: 'EUR', price: { amount: 1_000, currency: 'EUR' } });

async function draft(parts: Record<string, unknown> = {}): Promise<string> {
  const body = newProduct({ slug, variants: [variantOf(sku)], ...parts });
  const { status, body: made } = await shop.ask('post', '/admin/products', { body });
  expect(status).toBe(201);
  return made.id;
}

async function onSale(parts: Record<string, unknown> = {}): Promise<string> {
  const id = await draft(parts);
  await priced(sku);
  expect((await shop.ask('post', `/admin/products/${id}/publication`)).status).toBe(200);
  return id;
}

const patch = (id: string, etag: string, body: object) =>
  shop.ask('patch', `/admin/products/${id}`, { body, headers: { 'if-match': etag } });

describe('a product', () => {
  it('begins as a draft that only staff see', async () => {
    const id = await draft();
    const read = await shop.ask('get', `/admin/products/${id}`);
    expect(read.headers.etag).toBe('"1"');
    expect(read.body).toMatchObject({
      ...{ id, slug, category: 'kitchen', status: 'draft', publishedAt: null, version: 1 },
      ...{ attributes: { metal: 'copper', litres: 2 }, imageUrl: expect.stringContaining('/media/') },
      variants: [{ ...variantOf(sku), archived: false }],
    });
    await priced(sku);
    expect((await shop.get(`/products/${slug}`)).status).toBe(404);
    expect(slugsOf(await shop.get('/products'))).not.toContain(slug);
    expect(await announced(shop)).toEqual([]);
  });

  it('is seen, found and announced at once when it is published, changed and archived', async () => {
    const id = await onSale();
    const find = async (words: string) => slugsOf(await shop.get(`/products?q=${words}&category=home`));
    const suggested = async (q: string) => {
      const { body } = await shop.get(`/search/suggestions?q=${q}`);
      return body.items.map(({ text }: { text: string }) => text);
    };
    expect(await find('copper')).toContain(slug);
    expect((await shop.get(`/products/${slug}`)).body.name).toBe('Copper Pot');
    await suggested('tinned');
    const change = {
      name: 'Tinned Kettle',
      attributes: { metal: 'tin' },
      taxClass: 'reduced',
      category: 'tea',
    };
    expect((await patch(id, '"2"', change)).headers.etag).toBe('"3"');
    expect(await find('tinned')).toEqual([]);
    expect(slugsOf(await shop.get('/products?q=tinned&category=tea&attr.metal=tin'))).toEqual([slug]);
    expect((await shop.get(`/products/${slug}`)).body).toMatchObject({
      ...{ name: 'Tinned Kettle', attributes: { metal: 'tin' } },
      categories: [{ slug: 'pantry' }, { slug: 'tea' }],
    });
    expect(await suggested('tinned')).toEqual(['Tinned Kettle']);
    expect((await shop.ask('post', `/admin/products/${id}/archival`)).body.status).toBe('archived');
    expect(slugsOf(await shop.get('/products?q=tinned'))).toEqual([]);
    expect((await shop.get(`/products/${slug}`)).status).toBe(404);
    const known = { productId: id, slug, skus: [sku] };
    const variants = (taxClass: string) => [{ sku, taxClass, weightGrams: 900 }];
    expect(await announced(shop)).toEqual([
      {
        type: 'product.published',
        subject: id,
        version: 2,
        payload: { ...known, variants: variants('standard') },
      },
      {
        type: 'product.changed',
        subject: id,
        version: 3,
        payload: { ...known, variants: variants('reduced') },
      },
      { type: 'product.archived', subject: id, version: 4, payload: known },
    ]);
    const rows = (await audited(shop)).filter(({ entityId }) => entityId === id);
    expect(rows.map(({ action }) => action)).toEqual([
      'product.created',
      'product.published',
      'product.changed',
      'product.archived',
    ]);
    expect(rows[2]).toMatchObject({
      before: { name: 'Copper Pot', taxClass: 'standard', category: 'kitchen' },
      after: { name: 'Tinned Kettle', taxClass: 'reduced', category: 'tea', attributes: { metal: 'tin' } },
    });
  });

  it('that is published or archived again is as it was, and nobody hears of it', async () => {
    const id = await onSale();
    const again = await shop.ask('post', `/admin/products/${id}/publication`);
    expect([again.status, again.body.version]).toEqual([200, 2]);
    expect(await announced(shop)).toHaveLength(1);
    expect((await patch(id, '"2"', { name: 'Copper Pot' })).body.version).toBe(2);
    await shop.ask('post', `/admin/products/${id}/archival`);
    const back = await shop.ask('post', `/admin/products/${id}/publication`);
    expect(back.body).toMatchObject({ status: 'published', publishedAt: again.body.publishedAt, version: 4 });
  });

  it('has an address that is taken once and for all', async () => {
    await draft();
    const body = newProduct({ slug, variants: [variantOf(`${sku}-X`)] });
    const second = await shop.ask('post', '/admin/products', { body });
    expect([second.status, second.body.code]).toEqual([409, 'already-exists']);
    expect(await shop.db('variants').where({ sku: `${sku}-X` })).toEqual([]);
  });

  it('with many long variants can still be changed, and the audit log has those that differ', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `option ${i} ${'o'.repeat(20)}`);
    const options = Object.fromEntries(names.map((name) => [name, 'ж'.repeat(80)]));
    const long = (i: number) => ({ sku: `${sku}-L${i}`, options, weightGrams: 900 });
    const id = await draft({ variants: Array.from({ length: 25 }, (_, i) => long(i)) });
    const path = (i: number) => `/admin/products/${id}/variants/${sku}-L${i}`;
    for (let i = 25; i < 40; i += 1) {
      const body = { options, weightGrams: 900 };
      expect((await shop.ask('put', path(i), { body })).status).toBe(200);
    }
    expect((await shop.ask('delete', path(3))).body.variants).toHaveLength(39);
    const last = (await audited(shop)).at(-1)!;
    expect(last).toMatchObject({ action: 'variant.ended', before: { variants: [long(3)] } });
    expect(last.after).toEqual({ variants: [] });
  });

  it('is made once for each key, whoever repeats it', async () => {
    const headers = { 'idempotency-key': newId() };
    const body = newProduct({ slug, variants: [variantOf(sku)] });
    const made = await Promise.all(
      [1, 2, 3].map(() => shop.ask('post', '/admin/products', { body, headers })),
    );
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(made.map((answer) => answer.headers.etag)).toEqual(['"1"', '"1"', '"1"']);
    const other = await shop.ask('post', '/admin/products', { body: { ...body, name: 'Other' }, headers });
    expect(other.body.code).toBe('idempotency-key-reused');
  });
});

describe('two who change the same version', () => {
  it('do not both win; the other is shown how it looks now', async () => {
    const id = await onSale();
    const names = Array.from({ length: 8 }, (_, index) => `Name ${index}`);
    const answers = await Promise.all(names.map((name) => patch(id, '"2"', { name })));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter((answer) => !won.includes(answer))) {
      expect([lost.status, lost.body.code, lost.headers.etag]).toEqual([412, 'stale-etag', '"3"']);
      expect(lost.body.current).toEqual(won[0]!.body);
    }
    expect(await announced(shop)).toHaveLength(2);
    expect((await shop.get(`/products/${slug}`)).body.name).toBe(won[0]!.body.name);
  });

  it.each(['"1"', 'W/"2"', '2', '"x"', '"2-abc"', ''])('are not let in by If-Match: %s', async (etag) => {
    const id = await onSale();
    const { status } = await patch(id, etag, { name: 'Other' });
    expect([400, 412]).toContain(status);
  });

  it('are asked which version they mean', async () => {
    const id = await draft();
    const { status, body } = await shop.ask('patch', `/admin/products/${id}`, { body: { name: 'Other' } });
    expect([status, body.errors[0].pointer]).toEqual([400, '/headers/if-match']);
    expect((await patch(id, '"7", "1"', { name: 'Other' })).status).toBe(200);
    expect((await patch(id, '*', { name: 'Another' })).status).toBe(200);
  });
});

describe('a variant', () => {
  const put = (id: string, name: string, body: object = { options: {}, weightGrams: 5 }) =>
    shop.ask('put', `/admin/products/${id}/variants/${name}`, { body });
  const end = (id: string, name: string) => shop.ask('delete', `/admin/products/${id}/variants/${name}`);
  const skusOf = async () => {
    const { body } = await shop.get(`/products/${slug}`);
    return body.variants.map((variant: { sku: string }) => variant.sku);
  };

  it('is added, changed, archived and sold again', async () => {
    const id = await onSale();
    const other = `${sku}-L`;
    await priced(other);
    expect((await put(id, other)).status).toBe(200);
    expect(await skusOf()).toEqual([sku, other]);
    await put(id, other, { options: { size: 'large' }, weightGrams: 70 });
    expect((await end(id, other)).body.variants[1]).toEqual({
      ...{ sku: other, options: { size: 'large' }, weightGrams: 70, archived: true },
    });
    expect(await skusOf()).toEqual([sku]);
    expect(slugsOf(await shop.get(`/products?q=${other}`))).toEqual([]);
    const last = (await announced(shop)).at(-1)!;
    expect(last.payload).toMatchObject({ skus: [sku, other], variants: [{ sku }] });
    expect((await put(id, other)).body.variants[1].archived).toBe(false);
    expect(await skusOf()).toEqual([sku, other]);
  });

  it('that was never on sale is gone when it is deleted', async () => {
    const id = await draft();
    expect((await end(id, sku)).body.variants).toEqual([]);
    expect((await end(id, sku)).status).toBe(404);
    const refused = await shop.ask('post', `/admin/products/${id}/publication`);
    expect([refused.status, refused.body.code]).toEqual([409, 'not-publishable']);
  });

  it('that is the last one of a product on sale stays', async () => {
    const id = await onSale();
    expect((await end(id, sku)).body.code).toBe('not-publishable');
    expect(await skusOf()).toEqual([sku]);
  });

  it('never changes its product', async () => {
    await onSale();
    const owner = sku;
    slug = `${slug}-b`;
    sku = `${sku}-B`;
    const id = await draft();
    const taken = await put(id, owner);
    expect([taken.status, taken.body.code]).toEqual([409, 'already-exists']);
    const both = await Promise.all([put(id, `${sku}-N`), put(await draftBeside(), `${sku}-N`)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  async function draftBeside() {
    slug = `${slug}-c`;
    return draft({ variants: [] });
  }

  it('takes its price in a currency with it when it goes', async () => {
    const id = await onSale();
    const other = `${sku}-US`;
    await put(id, other);
    const price = { amount: 500, currency: 'USD' };
    await shop.deliver('price.changed', 1, { sku: other, currency: 'USD', price });
    expect(slugsOf(await shop.get('/products?currency=USD'))).toContain(slug);
    await end(id, other);
    expect(slugsOf(await shop.get('/products?currency=USD'))).not.toContain(slug);
    await shop.deliver('price.changed', 2, { sku: other, currency: 'USD', price });
    expect(slugsOf(await shop.get('/products?currency=USD'))).not.toContain(slug);
  });
});

describe('the list of staff', () => {
  it('has every state, newest first, a page at a time', async () => {
    const ids: string[] = [];
    for (const letter of ['a', 'b', 'c']) {
      const parts = { slug: `${slug}-${letter}`, brand: `Marrakesh ${serial}` };
      ids.unshift(await draft({ ...parts, variants: [variantOf(`${sku}-${letter.toUpperCase()}`)] }));
    }
    await shop.ask('post', `/admin/products/${ids[0]}/publication`);
    const found: string[] = [];
    const path = `/admin/products?limit=2&q=${encodeURIComponent(`rakesh ${serial}`)}`;
    for (let cursor = ''; ; ) {
      const { body } = await shop.ask('get', path + cursor);
      found.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(found).toEqual(ids);
    const idsOf = async (query: string) =>
      (await shop.ask('get', `/admin/products?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await idsOf(`q=${sku.toLowerCase()}-b`)).toEqual([ids[1]]);
    expect(await idsOf(`status=published&q=Marrakesh%20${serial}`)).toEqual([ids[0]]);
    expect(await idsOf('q=100%25')).toEqual([]);
    expect(await idsOf('q=_')).toEqual([]);
    expect(await idsOf(`q=${encodeURIComponent('Köşk 🫖 \\')}`)).toEqual([]);
  });
});
