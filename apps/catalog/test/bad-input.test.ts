/** Nothing that a client sends is our fault; and the pages for people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { type CatalogUnderTest, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;

beforeAll(async () => {
  shop = await openCatalog();
  await fillProducts(shop.db, await fillCategories(shop.db), [{ slug: 'pot' }]);
});
afterAll(() => shop.close());

describe('bad input', () => {
  it.each([
    ['/products?currency=GBP', '/query/currency'],
    ['/products?currency=eur', '/query/currency'],
    ['/products?country=Germany', '/query/country'],
    ['/products?limit=0', '/query/limit'],
    ['/products?limit=101', '/query/limit'],
    ['/products?limit=1.5', '/query/limit'],
    ['/products?limit=ten', '/query/limit'],
    ['/products?limit=1&limit=2', '/query/limit'],
    ['/products?cursor=*', '/query/cursor'],
    ['/products?cursor=abc', '/query/cursor'],
    ['/products?sort=random', '/query/sort'],
    ['/products?minPrice=-1', '/query/minPrice'],
    ['/products?minPrice=1e99', '/query/minPrice'],
    ['/products?maxPrice=1.5', '/query/maxPrice'],
    ['/products?category=../etc', '/query/category'],
    ['/products?brand=', '/query/brand'],
    ['/products?colour=red', '/query/colour'],
    ['/products?attr.=red', '/query/attr.'],
    ['/products?attr.Colour=red', '/query/attr.Colour'],
    ['/products?attr.colour=red&attr.colour=blue', '/query/attr.colour'],
    [`/products?${Array.from({ length: 9 }, (_, n) => `attr.a${n}=x`).join('&')}`, '/query'],
    [`/products?q=${'x'.repeat(501)}`, '/query/q'],
    ['/products?__proto__=1', '/query/__proto__'],
    ['/products/POT', '/path/slug'],
    [`/products/${'x'.repeat(81)}`, '/path/slug'],
    ['/products/pot?sort=price', '/query/sort'],
    ['/search/suggestions', '/query/q'],
    ['/categories?depth=2', '/query/depth'],
    ['/media/pot.png', '/path/file'],
    ['/media/..%2f..%2fpackage.json', '/path/file'],
    ['/media/%2e%2e%2fservice.ts', '/path/file'],
    ['/media/pot.svg%00', '/path/file'],
    ['/problems/OOPS', '/path/code'],
  ])('%s is refused at %s', async (path, pointer) => {
    const { status, body } = await shop.get(path);
    expect([status, body.code, body.errors?.[0].pointer]).toEqual([400, 'invalid-request', pointer]);
  });

  it.each(['/products/unknown', '/media/unknown.svg', '/problems/unknown'])(
    '%s is not found',
    async (path) => {
      const { status, body } = await shop.get(path);
      expect([status, body.code]).toEqual([404, 'not-found']);
    },
  );
});

describe('pictures', () => {
  it('are served as what they are, for ever, under an address that names their content', async () => {
    const { status, headers, body } = await shop.get('/media/atlas-runner.svg?v=x');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('image/svg+xml');
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body.toString()).toContain('<svg');
  });
});

describe('pages', () => {
  it('explain a problem to people and to programs', async () => {
    const page = await shop.get('/problems/out-of-stock', { accept: 'text/html,*/*' });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('Not enough pieces left');
    const { body, headers } = await shop.get('/problems/out-of-stock');
    expect(body).toMatchObject({ code: 'out-of-stock', status: 409 });
    expect(headers.vary).toBe('accept');
  });

  it('list all routes but the internal ones, and say whom they are for', async () => {
    const { text, headers } = await shop.get('/docs');
    expect(text).toContain('/search/suggestions');
    expect(text).toContain('Add a product as a draft · staff');
    expect(text).not.toContain('/internal/');
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect((await shop.get('/docs/openapi.json')).body.openapi).toBe('3.1.0');
  });
});
