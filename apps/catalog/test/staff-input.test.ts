/** Staff routes: who may come, and that nothing that is sent is our fault. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileTexts } from '../../../test/support/hostile-text.ts';
import { asCustomer, asStaff, signedToken } from '../../../test/support/tokens.ts';
import { fillCategories } from './fill-catalogue.ts';
import { type CatalogUnderTest, newProduct, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;
let id: string;

beforeAll(async () => {
  shop = await openCatalog();
  await fillCategories(shop.db);
  id = (await shop.ask('post', '/admin/products', { body: newProduct() })).body.id;
});
afterAll(() => shop.close());

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
const routes: [Method, string, object?][] = [
  ['get', '/admin/products'],
  ['post', '/admin/products', newProduct()],
  ['get', '/admin/products/{id}'],
  ['patch', '/admin/products/{id}', { name: 'Other' }],
  ['put', '/admin/products/{id}/variants/POT-2', { options: {}, weightGrams: 1 }],
  ['delete', '/admin/products/{id}/variants/POT-1'],
  ['put', '/admin/products/{id}/image', { file: 'gale-kettle.svg' }],
  ['post', '/admin/products/{id}/publication'],
  ['post', '/admin/products/{id}/archival'],
  ['get', '/admin/categories'],
  ['post', '/admin/categories', { slug: 'x', name: 'X' }],
  ['patch', '/admin/categories/{id}', { name: 'X' }],
  ['delete', '/admin/categories/{id}'],
  ['post', '/admin/media'],
  ['get', '/admin/catalog/dead-events'],
  ['get', '/admin/catalog/audit'],
];

describe.each(routes)('%s %s', (method, path, body) => {
  const ask = (headers: Record<string, string>) =>
    shop.ask(method, path.replace('{id}', id), { body, headers: { 'if-match': '"1"', ...headers } });

  it('is not for customers, nobody, expired tokens and staff without the permission', async () => {
    const expired = await signedToken({ claims: { kind: 'staff', roles: ['owner'], exp: 1_000 } });
    expect((await ask({ authorization: `Bearer ${expired}` })).status).toBe(401);
    expect((await ask({ authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await ask(await asCustomer())).status).toBe(403);
    expect((await ask(await asStaff([]))).status).toBe(403);
    const { status } = await ask(await asStaff(['warehouse']));
    const readable = method === 'get' && !path.startsWith('/admin/catalog');
    expect(status).toBe(readable ? 200 : 403);
    expect(await shop.db('products').pluck('version')).toEqual([1]);
  });
});

const without = (name: string) =>
  Object.fromEntries(Object.entries(newProduct()).filter(([own]) => own !== name));
const variant = (parts: object) =>
  newProduct({ variants: [{ sku: 'X-1', options: {}, weightGrams: 1, ...parts }] });

describe('a product is refused', () => {
  it.each<[string, object]>([
    ['/body/name', without('name')],
    ['/body/name', newProduct({ name: ' ' })],
    ['/body/name', newProduct({ name: 'x'.repeat(121) })],
    ['/body/slug', newProduct({ slug: 'Pot' })],
    ['/body/slug', newProduct({ slug: '../etc' })],
    ['/body/category', newProduct({ category: 'nowhere', slug: 'pot-2', variants: [] })],
    ['/body/taxClass', newProduct({ taxClass: 'none' })],
    ['/body/status', newProduct({ status: 'published' })],
    ['/body/image', newProduct({ image: 'x.svg' })],
    ['/body/id', newProduct({ id: newId() })],
    ['/body/version', newProduct({ version: 7 })],
    ['/body/attributes/Metal', newProduct({ attributes: { Metal: 'x' } })],
    ['/body/attributes/metal', newProduct({ attributes: { metal: null } })],
    ['/body/attributes/metal', newProduct({ attributes: { metal: ['x'] } })],
    ['/body/attributes/metal', newProduct({ attributes: { metal: 'x'.repeat(81) } })],
    ['/body/variants/0/sku', variant({ sku: 'x' })],
    ['/body/variants/0/weightGrams', variant({ weightGrams: 0 })],
    ['/body/variants/0/weightGrams', variant({ weightGrams: 1.5 })],
    ['/body/variants/0/options/size', variant({ options: { size: 3 } })],
    ['/body/variants/1', newProduct({ variants: [...newProduct().variants, ...newProduct().variants] })],
  ])('at %s', async (pointer, body) => {
    const answer = await shop.ask('post', '/admin/products', { body });
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([400, pointer]);
  });
});

describe('bad input', () => {
  it.each<[Method, string, object | undefined, string]>([
    ['get', '/admin/products?status=gone', undefined, '/query/status'],
    ['get', '/admin/products?cursor=abc', undefined, '/query/cursor'],
    ['get', '/admin/products?limit=1000', undefined, '/query/limit'],
    ['get', '/admin/products/1', undefined, '/path/id'],
    ['patch', '/admin/products/{id}', {}, '/body'],
    ['patch', '/admin/products/{id}', { slug: 'other' }, '/body/slug'],
    ['patch', '/admin/products/{id}', { category: 'nowhere' }, '/body/category'],
    ['put', '/admin/products/{id}/variants/x', { options: {}, weightGrams: 1 }, '/path/sku'],
    ['put', '/admin/products/{id}/image', { file: '../../etc/passwd' }, '/body/file'],
    ['post', '/admin/categories', { slug: 'y', name: 'Y', position: -1 }, '/body/position'],
  ])('of %s %s is refused', async (method, path, body, pointer) => {
    const headers = { 'if-match': '*' };
    const answer = await shop.ask(method, path.replace('{id}', id), { body, headers });
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([400, pointer]);
  });

  it('of things that are not there is not found', async () => {
    for (const [method, path, body] of routes.filter(([, path]) => path.includes('{id}'))) {
      const headers = { 'if-match': '*' };
      const { status, body: answer } = await shop.ask(method, path.replace('{id}', newId()), {
        body,
        headers,
      });
      expect([method, path, status, answer.code]).toEqual([method, path, 404, 'not-found']);
    }
  });

  it('without a key is told so', async () => {
    const headers = await asStaff(['catalogue']);
    for (const [, path, body] of routes.filter(([method]) => method === 'post')) {
      const { status, body: answer } = await shop.ask('post', path.replace('{id}', id), {
        body,
        headers: { ...headers, 'idempotency-key': '' },
      });
      expect([path, status, answer.errors?.[0].pointer]).toEqual([path, 400, '/headers/idempotency-key']);
    }
  });

  it('of hostile texts is kept as it is or refused, never our fault', async () => {
    const odd: unknown[] = [];
    const send = async (text: string, index: number) => {
      const variants = [{ sku: `HOSTILE-${index}`, options: { size: text }, weightGrams: 1 }];
      const words = { name: text, brand: text, description: text, attributes: { metal: text } };
      const body = newProduct({ ...words, slug: `hostile-${index}`, variants });
      const answers = [
        await shop.ask('get', `/admin/products?q=${encodeURIComponent(text.toWellFormed())}`),
        await shop.ask('post', '/admin/products', { body }),
      ];
      for (const { status, request } of answers) {
        if (![200, 201, 400].includes(status)) odd.push([JSON.stringify(text), status, request.url]);
      }
    };
    const texts = [...hostileTexts.entries()];
    while (texts.length > 0) {
      await Promise.all(texts.splice(0, 5).map(([index, text]) => send(text, index)));
    }
    expect(odd).toEqual([]);
  });
});
