/** What staff do to the tree of categories: it stays a tree, and what stands in it stays findable. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCategories, fillProducts } from './fill-catalogue.ts';
import { audited, type CatalogUnderTest, openCatalog, slugsOf } from './shop.ts';

let shop: CatalogUnderTest;
let ids: Record<string, string>;

beforeAll(async () => {
  shop = await openCatalog();
  ids = await fillCategories(shop.db);
  await fillProducts(shop.db, ids, [{ slug: 'sencha', category: 'tea' }]);
});
afterAll(() => shop.close());

const add = (body: object) => shop.ask('post', '/admin/categories', { body });
const change = (id: string, body: object) => shop.ask('patch', `/admin/categories/${id}`, { body });
const remove = (id: string) => shop.ask('delete', `/admin/categories/${id}`);
const treeOf = async (slug: string) => {
  const { body } = await shop.get('/categories');
  return body.items.find((root: { slug: string }) => root.slug === slug);
};

describe('a category', () => {
  it('is added, renamed, moved and removed, and readers see it at once', async () => {
    const { body: made, status } = await add({ slug: 'garden', name: 'Garden' });
    expect([status, made]).toEqual([
      201,
      { id: made.id, slug: 'garden', name: 'Garden', parent: null, position: 0 },
    ]);
    expect(await treeOf('garden')).toEqual({ slug: 'garden', name: 'Garden', children: [] });
    expect((await change(made.id, { name: 'Plots', parent: 'home' })).body.parent).toBe('home');
    expect((await treeOf('home')).children).toContainEqual({ slug: 'garden', name: 'Plots', children: [] });
    const { body } = await shop.get('/search/suggestions?q=plots');
    expect(body.items).toEqual([{ kind: 'category', text: 'Plots', slug: 'garden' }]);
    expect((await remove(made.id)).status).toBe(204);
    expect((await remove(made.id)).status).toBe(404);
    expect((await treeOf('home')).children).toHaveLength(2);
    const rows = (await audited(shop)).filter(({ entityId }) => entityId === made.id);
    expect(rows.map(({ action, before, after }) => [action, before, after])).toEqual([
      ['category.created', null, made],
      ['category.changed', { name: 'Garden', parent: null }, { name: 'Plots', parent: 'home' }],
      ['category.deleted', { ...made, name: 'Plots', parent: 'home' }, null],
    ]);
  });

  it('lends its name to what stands in it and below it', async () => {
    expect(slugsOf(await shop.get('/products?q=larder'))).toEqual([]);
    await change(ids.pantry!, { name: 'Larder' });
    expect(slugsOf(await shop.get('/products?q=larder'))).toEqual(['sencha']);
    expect(slugsOf(await shop.get('/products?q=pantry'))).toEqual([]);
  });

  it('in which something stands is not removed', async () => {
    for (const slug of ['tea', 'pantry']) {
      const { status, body } = await remove(ids[slug]!);
      expect([status, body.code]).toEqual([409, 'category-in-use']);
    }
  });

  it('comes to stand neither below itself nor too deep', async () => {
    for (const parent of ['home', 'kitchen']) {
      const { status, body } = await change(ids.home!, { parent });
      expect([status, body.errors?.[0].pointer]).toEqual([400, '/body/parent']);
    }
    const third = await add({ slug: 'cups', name: 'Cups', parent: 'kitchen' });
    await add({ slug: 'mugs', name: 'Mugs', parent: 'cups' });
    expect((await add({ slug: 'handles', name: 'Handles', parent: 'mugs' })).status).toBe(400);
    expect((await change(third.body.id, { parent: 'lighting' })).status).toBe(200);
    expect((await change(ids.home!, { parent: 'tea' })).status).toBe(400);
  });

  it('does not become a circle by two moves at once', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (slug) => (await add({ slug, name: slug })).body.id),
    );
    const moves = await Promise.all([change(one, { parent: 'two' }), change(two, { parent: 'one' })]);
    expect(moves.map(({ status }) => status).sort()).toEqual([200, 400]);
    const { body } = await shop.ask('get', '/admin/categories');
    const parents = new Map(body.items.map((row: Record<string, string>) => [row.slug, row.parent]));
    expect([parents.get('one'), parents.get('two')]).toContain(null);
  });

  it('has an address that is taken, and a parent that is there', async () => {
    expect((await add({ slug: 'tea', name: 'Tea' })).body.code).toBe('already-exists');
    expect((await add({ slug: 'x', name: 'X', parent: 'nowhere' })).body.errors[0].pointer).toBe(
      '/body/parent',
    );
    expect((await change(newId(), { name: 'X' })).status).toBe(404);
  });

  it('stays while a product is put into it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const slug = `shelf-${round}`;
      const { body: category } = await add({ slug, name: slug });
      const body = {
        ...{ slug: `thing-${round}`, name: 'Thing', brand: 'B', category: slug, description: 'D' },
        ...{ taxClass: 'zero', attributes: {}, variants: [] },
      };
      const [made, gone] = await Promise.all([
        shop.ask('post', '/admin/products', { body }),
        remove(category.id),
      ]);
      expect([
        [201, 409],
        [400, 204],
      ]).toContainEqual([made.status, gone.status]);
    }
  });
});
